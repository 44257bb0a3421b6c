"""What phones do when they ring: a default, and settings for single numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web

from midcall_emulator.control.action import Request, action, json_response
from midcall_emulator.control.body import number_of, text_of
from midcall_emulator.control.errors import bad_request
from midcall_emulator.core.numbers import normalize_address
from midcall_emulator.core.people import BEHAVIORS, People, Person


@action("GET", "/people")
async def show(request: Request) -> web.StreamResponse:
    """Return the default, and the settings of single numbers."""
    return json_response(_fields(request.world.people))


@action("PUT", "/people")
async def set_default(request: Request) -> web.StreamResponse:
    """Set the default for numbers without a setting of their own."""
    request.world.people.default = _person(await request.body())
    return json_response(_fields(request.world.people))


@action("PUT", "/people/{number}")
async def set_number(request: Request) -> web.StreamResponse:
    """Set what the phone at a number does."""
    number, person = request.http.match_info["number"], _person(await request.body())
    request.world.people.set(normalize_address(number) or number, person)
    return json_response({"number": number} | asdict(person))


@action("DELETE", "/people/{number}")
async def reset_number(request: Request) -> web.StreamResponse:
    """Return a number to the default."""
    number = request.http.match_info["number"]
    request.world.people.forget(normalize_address(number) or number)
    return json_response(_fields(request.world.people))


def _fields(people: People) -> dict[str, Any]:
    return {
        "everybody": asdict(people.default),
        "people": {number: asdict(person) for number, person in people},
    }


def _person(body: dict[str, Any]) -> Person:
    behaviour = text_of(body, "behaviour", "answer")
    if behaviour not in BEHAVIORS:
        raise bad_request(f"behaviour must be one of {', '.join(BEHAVIORS)}")
    after = number_of(body, "after_seconds") if body.get("after_seconds") is not None else None
    return Person(behaviour, after)
