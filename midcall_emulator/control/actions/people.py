"""What the people do whose phones ring: everybody, and somebody at a number."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web

from midcall_emulator.control import Wish, action, bad, number_of, reply, text_of
from midcall_emulator.core.numbers import normalised
from midcall_emulator.core.people import BEHAVIOURS, People, Person


@action("GET", "/people")
async def who(wish: Wish) -> web.StreamResponse:
    """Return what everybody does, and who does something else."""
    return reply(shown(wish.world.people))


@action("PUT", "/people")
async def everybody(wish: Wish) -> web.StreamResponse:
    """Set what everybody does who was not told anything else by number."""
    wish.world.people.everybody = _person(await wish.body())
    return reply(shown(wish.world.people))


@action("PUT", "/people/{number}")
async def somebody(wish: Wish) -> web.StreamResponse:
    """Set what somebody does whose phone rings."""
    number, person = wish.request.match_info["number"], _person(await wish.body())
    wish.world.people.set(normalised(number) or number, person)
    return reply({"number": number} | asdict(person))


@action("DELETE", "/people/{number}")
async def like_everybody(wish: Wish) -> web.StreamResponse:
    """Let somebody do again what everybody does."""
    number = wish.request.match_info["number"]
    wish.world.people.forget(normalised(number) or number)
    return reply(shown(wish.world.people))


def shown(people: People) -> dict[str, Any]:
    """Return what everybody does, and by number who does something else."""
    return {
        "everybody": asdict(people.everybody),
        "people": {number: asdict(person) for number, person in people},
    }


def _person(body: dict[str, Any]) -> Person:
    behaviour = text_of(body, "behaviour", "answer")
    if behaviour not in BEHAVIOURS:
        raise bad(f"behaviour must be one of {', '.join(BEHAVIOURS)}")
    after = number_of(body, "after_seconds") if body.get("after_seconds") is not None else None
    return Person(behaviour, after)
