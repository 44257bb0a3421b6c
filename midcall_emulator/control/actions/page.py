"""The phone page at the root: its files, and what only it asks for."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any

from aiohttp import web

from midcall_emulator.control import ACTIONS, Complaint, Wish, action, bad, reply, representation, text_of
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.numbers import Number, normalised
from midcall_emulator.wire.webhooks import is_absolute

FOLDER = Path(__file__).parents[2] / "page"
INDEX = "index.html"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_LISTED = 200


@action("GET", "/page/{file}")
async def file(wish: Wish) -> web.StreamResponse:
    """Return a file of the page; only what lies in its folder."""
    return _file(wish.request.match_info["file"])


async def index(_: Wish) -> web.StreamResponse:
    """Return the page."""
    return _file(INDEX)


ACTIONS["GET", "/"] = index


@action("GET", "/overview")
async def overview(wish: Wish) -> web.StreamResponse:
    """Return the account, its numbers, the clock and the newest calls in short, as of event ``last_event``."""
    world, kept = wish.world, wish.emulator.events.kept
    calls = list(world.calls)
    return reply(
        {
            "account": world.account,
            "base_url": world.base_url,
            "last_event": kept[-1].number if kept else 0,
            "everybody": asdict(world.people.everybody),
            "clock": representation.clock(world),
            "numbers": [_number(item) for item in world.numbers],
            "calls": [_short(call) for call in islice(reversed(calls), _LISTED)],
            "calls_in_all": len(calls),
        }
    )


@action("PUT", "/numbers/{number}")
async def point(wish: Wish) -> web.StreamResponse:
    """Set where the calls of a number go: ``voice_url``; an empty one takes it away."""
    number, url = wish.request.match_info["number"], text_of(await wish.body(), "voice_url")
    found = wish.world.numbers.owned(normalised(number) or number)
    if found is None:
        raise Complaint(404, "number_not_found", f"the account does not own {number!r}")
    if url and not is_absolute(url):
        raise bad(f"{url!r} is not a URL like http://127.0.0.1:8000/voice")
    found.voice, found.updated = replace(found.voice, url=url), wish.world.clock.now()
    return reply(_number(found))


def _file(name: str) -> web.Response:
    found = {path.name: path for path in FOLDER.iterdir() if path.suffix in TYPES}.get(name)
    if found is None:
        raise Complaint(404, "not_found", f"the page has no file {name!r}")
    body, kind = found.read_bytes(), TYPES[found.suffix]
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=HEADERS)


def _number(item: Number) -> dict[str, Any]:
    return {
        "phone_number": item.phone_number,
        "friendly_name": item.friendly_name,
        "voice_url": item.voice.url,
        "voice_application_sid": item.voice_application_sid,
    }


def _short(call: Call) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "status": call.status,
        "parent_call_sid": call.parent_sid,
        "from": call.from_,
        "to": call.to,
        "direction": call.direction,
        "troubles": len(call.notifications),
    }
