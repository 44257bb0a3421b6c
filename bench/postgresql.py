"""A PostgreSQL server for a measurement: durable commits, a new folder, and its processor time."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.processes import TICKS_PER_SECOND, SetupFailed, free_port

USER = "midcall"
SETTINGS = {"listen_addresses": "127.0.0.1", "max_connections": "400", "shared_buffers": "256MB"}


def binaries() -> Path | None:
    """The folder of initdb and postgres; None if they are not installed."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    return next((folder for folder in on_path + installed if (folder / "postgres").exists()), None)


class PostgreSQL:
    """A running server, in a folder of its own. PostgreSQL refuses to run as root."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process, self.port = process, port

    def create_database(self, name: str) -> None:
        """Create an empty database."""
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())

    def connect(self, name: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection without the relay, in autocommit mode."""
        return psycopg.connect(host="127.0.0.1", port=self.port, user=USER, dbname=name, autocommit=True)

    def cpu_seconds(self) -> float:
        """The processor time of the server so far: its process, and its children, those that ended included."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if stat.parent.name == str(self._process.pid):
                ticks += sum(map(int, fields[11:15]))
            elif fields[1] == str(self._process.pid):
                ticks += sum(map(int, fields[11:13]))
        return ticks / TICKS_PER_SECOND


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Run a server during the block. Raises SetupFailed."""
    found = binaries()
    if found is None:
        raise SetupFailed("PostgreSQL is missing: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="midcall-bench-postgresql-"))
    try:
        with _server(found, folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(found: Path, folder: Path) -> Iterator[PostgreSQL]:
    account = {}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        account = {"user": "postgres"}
    initdb = [str(found / "initdb"), "-D", "data", "-U", USER, "--auth=trust", "-E", "UTF8"]
    subprocess.run(initdb, cwd=folder, check=True, capture_output=True, **account)  # type: ignore[call-overload]
    port = free_port()
    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    command = [str(found / "postgres"), "-D", "data", "-p", str(port), "-k", str(folder), *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **account)  # type: ignore[call-overload]
    server = PostgreSQL(process, port)
    try:
        _wait_until_it_answers(server, process, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _wait_until_it_answers(server: PostgreSQL, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        try:
            server.connect("postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise SetupFailed(log.read_text()[-2000:])
