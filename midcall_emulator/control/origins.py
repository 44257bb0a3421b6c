"""Origins: of all web pages, only the emulator's own may change state. Programs send no origin and may do so too.

An emulator on loopback serves loopback names only: every site can have a name that resolves to it (DNS rebinding), and
would then read the calls as a page of the same origin.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from midcall_emulator.control.action import json_response
from midcall_emulator.control.errors import ControlError

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def guard(host: str) -> Middleware:
    """Return a middleware that refuses (403) foreign hosts, and changes by pages of another origin.

    ``host`` is the listening address.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if not _is_served(request.host, host):
            error = ControlError(403, "other_host", "use a name of this machine, such as 127.0.0.1")
        elif origin is None or request.method in _SAFE_METHODS or urlsplit(origin).netloc == request.host:
            return await handler(request)
        else:
            error = ControlError(403, "other_origin", f"a page of {origin} must not change the emulator")
        return json_response(error.body, error.status)

    return check


def _is_served(requested_host: str, listening_host: str) -> bool:
    """Return whether the name in the Host header is one of an emulator that listens on this address."""
    try:
        name = urlsplit(f"//{requested_host}").hostname or ""
    except ValueError:
        return False
    return not _is_loopback(listening_host) or name == listening_host or _is_loopback(name)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
