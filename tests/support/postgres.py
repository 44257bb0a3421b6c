"""A PostgreSQL server of the tests' own, from the binaries on the machine."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.ports import free_port

USER = "midcall"


def find_binaries() -> Path | None:
    """The folder with initdb and postgres, the newest version first; None if there is none."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    )
    return next(
        (folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()),
        None,
    )


class PostgreSQL:
    """One server; `database()` gives an empty registry in it. PostgreSQL refuses to run as root."""

    def __init__(self, binaries: Path):
        self._binaries, self.port = binaries, free_port()
        self._folder = Path(
            tempfile.mkdtemp(prefix="midcall-postgresql-")
        )  # pytest's own folders are closed to others
        self._numbers = itertools.count()
        self._as = {"user": "postgres"} if os.geteuid() == 0 else {}

    def __enter__(self) -> PostgreSQL:
        if self._as:
            account = pwd.getpwnam("postgres")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._run("initdb", "-D", "data", "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8")
        self.start()
        self._sql("CREATE DATABASE template_midcall")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = [
            "-D",
            "data",
            "-p",
            str(self.port),
            "-k",
            str(self._folder),
            "-c",
            "listen_addresses=127.0.0.1",
        ]
        self._server = subprocess.Popen(
            [self._binaries / "postgres", *options, "-c", "fsync=off", "-c", "max_connections=200"],
            cwd=self._folder, stdout=(self._folder / "log").open("ab"), stderr=subprocess.STDOUT, **self._as,
        )  # fmt: skip
        while not self._answers():
            if self._server.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text())
            time.sleep(0.05)

    def stop(self, how: int = 2) -> None:
        """Stop it; SIGINT is fast and clean, SIGQUIT (3) is immediate."""
        self._server.send_signal(how)
        self._server.wait()

    def url(self, name: str) -> str:
        """The DATABASE_URL of one database."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The DATABASE_URL of an empty registry, dropped afterwards."""
        if self._server.poll() is not None:  # a test that stopped it did not come so far as to start it again
            self.start()
        name = f"test_{next(self._numbers)}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE template_midcall")
        yield self.url(name)
        if self._server.poll() is None:  # pytest may stop the server before those who asked for it late
            self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    def _answers(self) -> bool:
        try:
            self._sql("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _sql(self, statement: str) -> None:
        address = {"host": "127.0.0.1", "port": self.port, "user": USER, "dbname": "postgres"}
        with psycopg.connect(**address, autocommit=True, connect_timeout=2) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._binaries / program, *arguments]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True, **self._as)
