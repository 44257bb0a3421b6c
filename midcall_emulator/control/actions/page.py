"""The phone page: its files, and the two actions that only the page uses."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any

from aiohttp import web

from midcall_emulator.control.action import Request, action, json_response
from midcall_emulator.control.body import text_of
from midcall_emulator.control.errors import bad_request, not_found, number_not_found
from midcall_emulator.control.representation import clock_fields
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.numbers import Number, normalize_address
from midcall_emulator.wire.urls import is_http_url

FOLDER = Path(__file__).parents[2] / "page"
_CONTENT_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_LISTED_CALLS = 200


@action("GET", "/", prefix="")
async def index(_: Request) -> web.StreamResponse:
    """Return the page."""
    return _file("index.html")


@action("GET", "/page/{file}")
async def file(request: Request) -> web.StreamResponse:
    """Return a file of the page's folder."""
    return _file(request.http.match_info["file"])


@action("GET", "/overview")
async def overview(request: Request) -> web.StreamResponse:
    """Return account, numbers, clock and summaries of the newest calls, as of event ``last_event``."""
    world, events = request.world, request.emulator.events.recent
    calls = list(world.calls)
    body = {
        "account": world.account,
        "base_url": world.base_url,
        "last_event": events[-1].number if events else 0,
        "everybody": asdict(world.people.default),
        "clock": clock_fields(world),
        "numbers": [_number_fields(item) for item in world.numbers],
        "calls": [_call_summary(call) for call in islice(reversed(calls), _LISTED_CALLS)],
        "calls_in_all": len(calls),
    }
    return json_response(body)


@action("PUT", "/numbers/{number}")
async def set_voice_url(request: Request) -> web.StreamResponse:
    """Set a number's ``voice_url``; an empty one removes it."""
    text, url = request.http.match_info["number"], text_of(await request.body(), "voice_url")
    number = request.world.numbers.find(normalize_address(text) or text)
    if number is None:
        raise number_not_found(text)
    if url and not is_http_url(url):
        raise bad_request(f"{url!r} is not a URL like http://127.0.0.1:8000/voice")
    number.voice, number.updated = replace(number.voice, url=url), request.world.clock.now()
    return json_response(_number_fields(number))


def _file(name: str) -> web.Response:
    """Return a file by its name. Only names that the folder lists are served, so a path cannot leave it."""
    files = {path.name: path for path in FOLDER.iterdir() if path.suffix in _CONTENT_TYPES}
    path = files.get(name)
    if path is None:
        raise not_found(f"the page has no file {name!r}")
    content_type = _CONTENT_TYPES[path.suffix]
    return web.Response(body=path.read_bytes(), content_type=content_type, charset="utf-8", headers=_HEADERS)


def _number_fields(number: Number) -> dict[str, Any]:
    return {
        "phone_number": number.phone_number,
        "friendly_name": number.friendly_name,
        "voice_url": number.voice.url,
        "voice_application_sid": number.voice_application_sid,
    }


def _call_summary(call: Call) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "status": call.status,
        "parent_call_sid": call.parent_sid,
        "from": call.from_,
        "to": call.to,
        "direction": call.direction,
        "troubles": len(call.notifications),
    }
