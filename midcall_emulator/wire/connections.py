"""Connections to apps: a new one for each request, as by default, or connections that are reused."""

from __future__ import annotations

from typing import Protocol

import aiohttp

_REUSE_SECONDS = 1.0  # less than the time after which servers close an idle connection


def open_session(reuses_connections: bool = False) -> aiohttp.ClientSession:
    """Return an HTTP session for webhooks."""
    reuse = {"keepalive_timeout": _REUSE_SECONDS} if reuses_connections else {"force_close": True}
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=True, **reuse),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=True,
        requote_redirect_url=False,
    )


class Connections:
    """The HTTP session of the emulator, and one that reuses connections, opened on first use."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._reusing_session: aiohttp.ClientSession | None = None

    def session(self, reuses_connections: bool) -> aiohttp.ClientSession:
        """Return the session to send a request with."""
        if not reuses_connections:
            return self._session
        if self._reusing_session is None:
            self._reusing_session = open_session(reuses_connections=True)
        return self._reusing_session

    async def close(self) -> None:
        """Close the session that reuses connections. The other one belongs to the caller."""
        if self._reusing_session:
            await self._reusing_session.close()


class HasSession(Protocol):
    """Offers the HTTP session."""

    session: aiohttp.ClientSession
