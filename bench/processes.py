"""Servers: start one, wait until it listens, and stop it with all its children in every case."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cores import pinned

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
START_SECONDS = 30
STOP_SECONDS = 10


class SetupFailed(Exception):
    """A server ended or did not listen in time, or another step before the measurement failed."""


@dataclass
class Server:
    """A running server in its own session."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def cpu_seconds(self) -> float:
        """The processor time of the server and its children so far."""
        return sum(_ticks_in_session(self.process.pid)) / TICKS_PER_SECOND

    def log_tail(self) -> str:
        """The end of the log."""
        return self.log.read_text(errors="replace")[-2000:].strip()


def free_port() -> int:
    """A free port of the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    directory: Path,
    environment: Mapping[str, str],
    log: Path,
    core: int | None = None,
    listens: bool = True,
) -> Iterator[Server]:
    """Run a server during the block. In the command, `{port}` is replaced by a free port."""
    port = free_port()
    arguments = pinned(core, [part.replace("{port}", str(port)) for part in command])
    with log.open("wb") as output:
        process = subprocess.Popen(
            arguments,
            cwd=directory,
            env={**environment, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(process, port, log)
    try:
        if listens:
            _wait_until_it_listens(server)
        yield server
    finally:
        _stop(process)


def run_to_end(command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> None:
    """Run a command that prepares a server. If it fails, raises SetupFailed with its output."""
    done = subprocess.run(
        command,
        cwd=directory,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise SetupFailed(f"{' '.join(command)}: {(done.stdout + done.stderr)[-2000:].strip()}")


def _wait_until_it_listens(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SetupFailed(server.log_tail() or "no output")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, kind)
            process.wait(STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    process.wait()


def _ticks_in_session(session: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            yield int(fields[11]) + int(fields[12])
