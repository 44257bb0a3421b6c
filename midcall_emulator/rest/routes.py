"""Routes of the REST API: every operation below ``resources/``, in all formats."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from midcall_emulator.core.discovery import instances_of
from midcall_emulator.rest import resources
from midcall_emulator.rest.gateway import ROOT, serve
from midcall_emulator.rest.operation import Operation, Perform
from midcall_emulator.rest.recording_media import send_media
from midcall_emulator.rest.world import RestEmulator

PREFIX = ROOT + "/Accounts/{account_sid}"
_RECORDING = PREFIX + "/Recordings/{recording_sid}"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def operations() -> dict[tuple[str, str], Perform]:
    """Return the function for each method and path; ValueError if two operations serve the same path."""
    table: dict[tuple[str, str], Perform] = {}
    for operation in instances_of(Operation, resources):
        for path in operation.paths:
            route = operation.method, PREFIX + path
            if route in table:
                raise ValueError(f"two operations serve {operation.method} {path}")
            table[route] = operation.perform
    return table


def add_routes(app: web.Application, emulator: RestEmulator) -> None:
    """Add all operations, the media of recordings, and Twilio's error for unknown paths."""
    for (method, path), perform in operations().items():
        for variant in _variants(method, path):
            app.router.add_route(method, _pattern(variant), _handler(emulator, perform))
    for suffix in ("", ".wav"):
        app.router.add_get(_pattern(_RECORDING) + suffix, _media_handler(emulator))
    app.router.add_route("*", ROOT + "/{rest:.*}", _handler(emulator, None))


def _variants(method: str, path: str) -> list[str]:
    """Return a path in JSON, in XML (without a suffix) and, if it is read, in CSV.

    A recording has no XML: its path without a suffix is its media.
    """
    bare = path.removesuffix(".json")
    csv = [f"{bare}.csv"] if method == "GET" else []
    return [path, *csv] if bare == _RECORDING else [*csv, path, bare]


def _pattern(path: str) -> str:
    """Return an aiohttp route in which SIDs contain neither a slash nor a dot."""
    return path.replace("_sid}", "_sid:[^/.]+}")


def _handler(emulator: RestEmulator, perform: Perform | None) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await serve(request, emulator.world, perform)

    return handle


def _media_handler(emulator: RestEmulator) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await send_media(request, emulator.world)

    return handle
