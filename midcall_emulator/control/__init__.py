"""Face two: for whoever plays the callers, turns the clock and breaks things. JSON both ways."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any, Protocol

from aiohttp import web

from midcall_emulator.calls.placement import HasPlacement
from midcall_emulator.conferences.directory import HasConferences
from midcall_emulator.core.account import HasAccount, HasBaseUrl
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, HasCalls
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.events import Events
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.numbers import HasNumbers
from midcall_emulator.core.people import HasPeople
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.faults import HasFaults


class ControlWorld(
    HasAccount,
    HasAudio,
    HasBaseUrl,
    HasCallLog,
    HasCalls,
    HasClock,
    HasConferences,
    HasFaults,
    HasLifecycle,
    HasNumbers,
    HasPeople,
    HasPlacement,
    HasRecordings,
    HasSwitches,
    Protocol,
):
    """The parts of the world that the control API uses."""


class ControlledEmulator(Protocol):
    """The emulator that the control API is a face of."""

    events: Events

    @property
    def world(self) -> ControlWorld: ...

    async def reset(self) -> None:
        """Put a new world in the place of the old one."""


PREFIX = "/_emulator"
_FILES = ("calls", "phone", "people", "messages", "clock", "rules", "events", "page")
_BODY_LIMIT = 1024 * 1024

Action = Callable[["Wish"], Awaitable[web.StreamResponse]]
ACTIONS: dict[tuple[str, str], Action] = {}


class Complaint(Exception):
    """What is wrong with a request: status, code and message of the one JSON error shape."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def reply(self) -> web.Response:
        """Return the answer that says so."""
        return reply({"error": {"code": self.code, "message": self.message}}, self.status)


class Wish:
    """One request to face two."""

    def __init__(self, emulator: ControlledEmulator, request: web.Request) -> None:
        self.emulator, self.request, self.world = emulator, request, emulator.world

    async def body(self) -> dict[str, Any]:
        """Return the JSON object that was sent; an empty body is an empty object."""
        found = await self.json()
        if not isinstance(found, dict):
            raise bad("the body must be a JSON object")
        return found

    async def json(self) -> Any:
        """Return whatever JSON was sent."""
        text = await self.request.text()
        try:
            return json.loads(text) if text.strip() else {}
        except ValueError as error:
            raise bad(f"the body is not JSON: {error}") from None

    def call(self) -> Call:
        """Return the call in the path."""
        sid = self.request.match_info["sid"]
        call = self.world.calls.get(sid)
        if call is None:
            raise Complaint(404, "call_not_found", f"there is no call {sid}")
        return call

    def query(self, name: str, default: float) -> float:
        """Return a number from the query."""
        text = self.request.query.get(name)
        try:
            return default if text is None else float(text)
        except ValueError:
            raise bad(f"{name} must be a number, not {text!r}") from None


def reply(body: Any, status: int = 200) -> web.Response:
    """Return an answer in JSON, with a line end for those who read it in a terminal."""
    return web.json_response(body, status=status, dumps=lambda value: json.dumps(value) + "\n")


def bad(message: str) -> Complaint:
    """Return the complaint about input that makes no sense."""
    return Complaint(400, "bad_request", message)


def wrong_state(message: str) -> Complaint:
    """Return the complaint about something that cannot be done to this call now."""
    return Complaint(409, "wrong_state", message)


def text_of(body: dict[str, Any], name: str, default: str | None = None) -> str:
    """Return a string of the body, or complain."""
    value = body.get(name, default)
    if not isinstance(value, str):
        raise bad(f"{name!r} must be a string")
    return value


def number_of(body: dict[str, Any], name: str, default: float | None = None) -> float:
    """Return a number of the body, zero or more, or complain."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**9:
        raise bad(f"{name!r} must be a number, zero or more")
    return value


def action(method: str, path: str) -> Callable[[Action], Action]:
    """Register the decorated coroutine for a method and a path below ``/_emulator``."""

    def register(function: Action) -> Action:
        ACTIONS[method, PREFIX + path] = function
        return function

    return register


def add_routes(app: web.Application, emulator: ControlledEmulator) -> None:
    """Add every registered action, and an answer to what there is not."""
    for name in _FILES:
        import_module(f"midcall_emulator.control.actions.{name}")
    for (method, path), function in ACTIONS.items():
        app.router.add_route(method, path, _handler(emulator, function))
    app.router.add_route("*", PREFIX + "/{rest:.*}", _handler(emulator, _nothing))


async def _nothing(wish: Wish) -> web.StreamResponse:
    raise Complaint(404, "not_found", f"there is no {wish.request.method} {wish.request.path}")


def _handler(
    emulator: ControlledEmulator, function: Action
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await function(Wish(emulator, request))
        except Complaint as complaint:
            return complaint.reply()

    return handle
