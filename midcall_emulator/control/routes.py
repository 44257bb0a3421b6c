"""Routes of the control API: every action below ``actions/``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from midcall_emulator.control import actions
from midcall_emulator.control.action import PREFIX, Action, Perform, Request, json_response
from midcall_emulator.control.errors import ControlError, not_found
from midcall_emulator.control.world import ControlledEmulator
from midcall_emulator.core.discovery import instances_of


def routes() -> dict[tuple[str, str], Perform]:
    """Return the coroutine for each method and path; ValueError if two actions serve the same path."""
    table: dict[tuple[str, str], Perform] = {}
    for action in instances_of(Action, actions):
        if (action.method, action.path) in table:
            raise ValueError(f"two actions serve {action.method} {action.path}")
        table[action.method, action.path] = action.perform
    return table


def add_routes(app: web.Application, emulator: ControlledEmulator) -> None:
    """Add all actions, and the error for unknown paths."""
    for (method, path), perform in routes().items():
        app.router.add_route(method, path, _handler(emulator, perform))
    app.router.add_route("*", PREFIX + "/{rest:.*}", _handler(emulator, _unknown))


async def _unknown(request: Request) -> web.StreamResponse:
    raise not_found(f"there is no {request.http.method} {request.http.path}")


def _handler(
    emulator: ControlledEmulator, perform: Perform
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(http: web.Request) -> web.StreamResponse:
        try:
            return await perform(Request(emulator, http))
        except ControlError as error:
            return json_response(error.body, error.status)

    return handle
