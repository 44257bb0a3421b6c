"""Actions of the control API: coroutines from a request to a response, with a method and a path."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from midcall_emulator.control.errors import ControlError, bad_request
from midcall_emulator.control.world import ControlledEmulator
from midcall_emulator.core.call_record import Call

PREFIX = "/_emulator"


class Request:
    """A request to the control API, with the world that exists when it arrives."""

    def __init__(self, emulator: ControlledEmulator, http: web.Request) -> None:
        self.emulator, self.http, self.world = emulator, http, emulator.world

    async def body(self) -> dict[str, Any]:
        """Return the JSON object in the body; an empty body is an empty object."""
        value = await self.json()
        if not isinstance(value, dict):
            raise bad_request("the body must be a JSON object")
        return value

    async def json(self) -> Any:
        """Return the JSON value in the body."""
        text = await self.http.text()
        try:
            return json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError) as error:
            raise bad_request(f"the body is not JSON: {error}") from None

    def call(self) -> Call:
        """Return the call in the path."""
        sid = self.http.match_info["sid"]
        call = self.world.calls.get(sid)
        if call is None:
            raise ControlError(404, "call_not_found", f"there is no call {sid}")
        return call

    def query(self, name: str, default: float) -> float:
        """Return a number from the query."""
        text = self.http.query.get(name)
        try:
            return default if text is None else float(text)
        except ValueError:
            raise bad_request(f"{name} must be a number, not {text!r}") from None


Perform = Callable[[Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Action:
    """A coroutine with the method and the path that it serves."""

    method: str
    path: str
    perform: Perform


def action(method: str, path: str, prefix: str = PREFIX) -> Callable[[Perform], Action]:
    """Make the decorated coroutine an action at a path below the prefix."""
    return lambda perform: Action(method, prefix + path, perform)


def json_response(body: Any, status: int = 200) -> web.Response:
    """Return a response in JSON, with a line feed at the end for terminals."""
    return web.json_response(body, status=status, dumps=lambda value: json.dumps(value) + "\n")
