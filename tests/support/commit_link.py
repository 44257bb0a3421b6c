"""A network link between the app and PostgreSQL that loses the answers of COMMITs."""

from __future__ import annotations

import socket
from contextlib import suppress

from sqlalchemy.engine import make_url

from tests.support.network_link import NetworkLink


class CommitLink(NetworkLink):
    """PostgreSQL executes the next `losing` COMMITs, and the connection breaks before their answers arrive."""

    def __init__(self, database_url: str):
        url = make_url(database_url)
        super().__init__(url.port or 5432)
        port = int(self.url.rpartition(":")[2])
        self.database_url = url.set(port=port).render_as_string(hide_password=False)
        self.losing = 0
        self.skipped = 0  # COMMITs that still succeed before the first one is lost
        self._committing: set[socket.socket] = set()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source in self._committing:
                    break
                if self._loses(data):
                    self._committing.add(target)
                target.sendall(data)
        self._close(source, target)

    def _loses(self, data: bytes) -> bool:
        if not self.losing or b"COMMIT\0" not in data:
            return False
        if self.skipped:
            self.skipped -= 1
            return False
        self.losing -= 1
        return True
