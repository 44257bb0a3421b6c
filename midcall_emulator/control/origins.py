"""Which web pages may change something here: the emulator's own. Programs say no origin, and may."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from midcall_emulator.control import Complaint

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def guard(listens_at: str) -> Middleware:
    """Return a middleware that answers 403 to a page of another origin, whatever it wants to change."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if origin is None or request.method in _READING or _is_own(origin, request.host, listens_at):
            return await handler(request)
        return Complaint(403, "other_origin", f"a page of {origin} may not change anything here").reply()

    return check


def _is_own(origin: str, host: str, listens_at: str) -> bool:
    """Compare the page's origin (https://fetch.spec.whatwg.org/#origin-header) with the address that was asked. A name
    that merely resolves to this machine is nobody's own: any site can have one (DNS rebinding)."""
    if urlsplit(origin).netloc != host:
        return False
    name = urlsplit(origin).hostname or ""
    return not _is_loopback(listens_at) or name == listens_at or _is_loopback(name)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
