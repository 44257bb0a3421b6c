"""The contenders: how to prepare and start each of them, and where each stores calls and events."""

from dataclasses import dataclass
from pathlib import Path

from bench.account import environment
from bench.paths import EXPRESS, PEERS, ROOT, VENV

Command = tuple[str, ...]


@dataclass(frozen=True)
class Contender:
    """A server under test. `{port}` in its command is replaced; a contender that stores nothing has no database."""

    name: str
    command: Command
    directory: Path
    environment: dict[str, str]
    prepare: tuple[Command, ...] = ()
    database: Path | None = None


def midcall(scratch: Path, root: Path = ROOT, workers: int = 1, **settings: str) -> Contender:
    """Midcall as in production, with a new SQLite file."""
    database = scratch / "midcall.sqlite3"
    settings = {"DATABASE_URL": f"sqlite:///{database}", "SPOOL_DIR": str(scratch / "spool"), **settings}
    settings["WEB_CONCURRENCY"] = str(workers)
    return Contender(
        name="midcall",
        command=_gunicorn(root, "gunicorn.conf.py", workers, "app:app"),
        directory=root,
        environment=environment(**settings),
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
    """A constant answer on Midcall's gunicorn settings: the ceiling."""
    return Contender(
        name="bare",
        command=_gunicorn(root, str(PEERS / "bare_gunicorn.py"), 1, "--pythonpath", str(PEERS), "bare:app"),
        directory=root,
        environment=environment(),
    )


def _gunicorn(root: Path, settings: str, workers: int, *app: str) -> Command:
    gunicorn = str(root / ".venv" / "bin" / "gunicorn")
    return (gunicorn, "-c", settings, "-b", "127.0.0.1:{port}", "-w", str(workers), *app)
