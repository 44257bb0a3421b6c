"""A PostgreSQL server that hangs, and its standby, which is promoted."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import USER, PostgreSQL


class Primary(PostgreSQL):
    """A server that can hang: its processes are stopped, and its connections stay open."""

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Stop all processes of the server inside this block."""
        pid = self._server.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        pids = [pid, *map(int, children)]
        for one in pids:
            os.kill(one, signal.SIGSTOP)
        try:
            yield
        finally:
            for one in reversed(pids):
                os.kill(one, signal.SIGCONT)


class Standby(PostgreSQL):
    """A server that follows another one until it is promoted.

    Source: https://www.postgresql.org/docs/current/app-pgbasebackup.html
    """

    def __init__(self, binaries: Path, primary: PostgreSQL):
        super().__init__(binaries)
        self._primary = primary

    def _set_up(self) -> None:
        source = ("-h", "127.0.0.1", "-p", str(self._primary.port), "-U", USER)
        self._run("pg_basebackup", "-D", "data", "-R", "-X", "stream", "-c", "fast", "--no-sync", *source)
        self.start()

    def promote(self) -> None:
        """Make it the primary, and wait until it accepts writes."""
        self._sql("SELECT pg_promote(true, 60)")
