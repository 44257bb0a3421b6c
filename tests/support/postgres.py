"""A PostgreSQL server for the tests, started from the binaries on the machine."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import psycopg

from tests.support.ports import free_port

USER, TEMPLATE = "midcall", "template_midcall"
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")  # no data is kept
FILE_COPY_SINCE = 150000  # before this version PostgreSQL always copies the files of a template, the fast way


def find_binaries() -> Path | None:
    """The folder of initdb and postgres on the path, or the one with the newest version; None if there is none."""
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
    """A server. As root it runs as the user postgres, because PostgreSQL refuses to run as root."""

    def __init__(self, binaries: Path):
        self._binaries, self.port = binaries, free_port()
        folder = tempfile.mkdtemp(
            prefix="midcall-postgresql-"
        )  # the user postgres cannot read pytest's folders
        self._folder = Path(folder)
        self._numbers = itertools.count()
        self._as = {"user": "postgres"} if os.geteuid() == 0 else {}

    def __enter__(self) -> PostgreSQL:
        if self._as:
            account = pwd.getpwnam("postgres")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._set_up()
        return self

    def _set_up(self) -> None:
        self._run("initdb", "-D", "data", "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8")
        self.start()
        self._sql(f"CREATE DATABASE {TEMPLATE}")

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        """Start the server, and wait until it accepts connections."""
        values = ("listen_addresses=127.0.0.1", "max_connections=200", *FAST)
        options = ["-D", "data", "-p", str(self.port), "-k", str(self._folder)]
        self._server = subprocess.Popen(
            [self._binaries / "postgres", *options, *(f"--{value}" for value in values)],
            cwd=self._folder, stdout=(self._folder / "log").open("ab"), stderr=subprocess.STDOUT, **self._as,
        )  # fmt: skip
        while not self._answers():
            if self._server.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text())
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT shuts it down cleanly, SIGQUIT at once, as a crash does."""
        self._server.send_signal(how)
        self._server.wait()

    def url(self, name: str) -> str:
        """The DATABASE_URL of the database with this name."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The DATABASE_URL of an empty registry, which is dropped at the end."""
        if self._server.poll() is not None:  # an earlier test has stopped it and failed
            self.start()
        name = f"test_{next(self._numbers)}"
        strategy = "STRATEGY FILE_COPY" if self._version >= FILE_COPY_SINCE else ""
        self._sql(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} {strategy}")
        yield self.url(name)
        if self._server.poll() is None:  # pytest may stop the server before fixtures that depend on it
            self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    def _answers(self) -> bool:
        try:
            self._sql("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _sql(self, statement: str) -> None:
        with self._connection() as connection:
            connection.execute(statement)

    @cached_property
    def _version(self) -> int:
        with self._connection() as connection:
            return connection.info.server_version

    def _connection(self) -> psycopg.Connection:
        address = {"host": "127.0.0.1", "port": self.port, "user": USER, "dbname": "postgres"}
        return psycopg.connect(**address, autocommit=True, connect_timeout=2)

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._binaries / program, *arguments]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True, **self._as)
