"""The table of contenders: how each is prepared and started, and where it keeps what it was told."""

from dataclasses import dataclass
from pathlib import Path

from bench.account import environment
from bench.places import EXPRESS, PEERS, ROOT, VENV

Command = tuple[str, ...]


@dataclass(frozen=True)
class Contender:
    """A server under test. `{port}` in its command is filled in; `database` is None for the ceiling."""

    name: str
    command: Command
    directory: Path
    environment: dict[str, str]
    prepare: tuple[Command, ...] = ()
    database: Path | None = None


def _gunicorn(root: Path, settings: str, workers: int, *app: str) -> Command:
    gunicorn = str(root / ".venv" / "bin" / "gunicorn")
    return (gunicorn, "-c", settings, "-b", "127.0.0.1:{port}", "-w", str(workers), *app)


def midcall(scratch: Path, root: Path = ROOT, workers: int = 1, **settings: str) -> Contender:
    """Midcall as it runs in production, with a new SQLite file of its own."""
    database = scratch / "midcall.sqlite3"
    own = {"DATABASE_URL": f"sqlite:///{database}", "SPOOL_DIR": str(scratch / "spool"), **settings}
    own["WEB_CONCURRENCY"] = str(workers)
    return Contender(
        name="midcall",
        command=_gunicorn(root, "gunicorn.conf.py", workers, "app:app"),
        directory=root,
        environment=environment(**own),
        prepare=((str(root / ".venv" / "bin" / "flask"), "--app", "app", "migrate"),),
        database=database,
    )


def fastapi(scratch: Path) -> Contender:
    """FastAPI on uvicorn with uvloop and httptools, one process, no access log."""
    database = scratch / "fastapi.sqlite3"
    uvicorn = str(VENV / "bin" / "uvicorn")
    return Contender(
        name="fastapi",
        command=(uvicorn, "fastapi_app:app", "--host", "127.0.0.1", "--port", "{port}", "--no-access-log"),
        directory=PEERS,
        environment=environment(DATABASE_FILE=str(database)),
        database=database,
    )


def express(scratch: Path) -> Contender:
    """Express 5 with twilio-node and better-sqlite3, one process."""
    database = scratch / "express.sqlite3"
    return Contender(
        name="express",
        command=("node", "server.js"),
        directory=EXPRESS,
        environment=environment(DATABASE_FILE=str(database), NODE_ENV="production"),
        database=database,
    )


def bare(root: Path = ROOT) -> Contender:
    """A constant on the same gunicorn with the same settings: the ceiling."""
    return Contender(
        name="bare",
        command=_gunicorn(root, str(PEERS / "bare_gunicorn.py"), 1, "--pythonpath", str(PEERS), "bare:app"),
        directory=root,
        environment=environment(),
    )
