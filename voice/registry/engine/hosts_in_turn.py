"""Connections to one of several PostgreSQL hosts, of which one is the primary."""

from __future__ import annotations

from typing import Any


class HostsInTurn:
    """Tries the hosts of a URL in turn, beginning with the one that answered last.

    The driver would begin with the first host each time. If that host hangs, the caller's deadline ends the attempt
    before the driver tries the next one.
    """

    def __init__(self) -> None:
        self._first = 0

    def connect(self, dialect: Any, _record: Any, arguments: Any, named: dict[str, Any]) -> Any:
        """A connection to the first host that answers and accepts writes. None if the URL names one host."""
        hosts = _hosts(named)
        if len(hosts) < 2:
            return None
        named.setdefault("target_session_attrs", "read-write")
        for last in reversed(range(len(hosts))):
            tried = self._first
            host, port = hosts[tried % len(hosts)]
            try:
                return dialect.connect(*arguments, **{**named, "host": host, "port": port})
            except BaseException as error:  # the caller's deadline as well
                if self._first == tried:
                    self._first += 1
                if not last or not isinstance(error, dialect.dbapi.Error):
                    raise
        return None


def _hosts(named: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The hosts with their ports, as libpq reads them: several ports, or one for all."""
    hosts = str(named.get("host") or "").split(",")
    ports: list[str | None] = [port or None for port in str(named.get("port") or "").split(",")]
    return list(zip(hosts, ports * len(hosts) if len(ports) == 1 else ports, strict=False))
