"""The door of face one: credentials, faults, parameters in, JSON or Twilio's error out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web
from multidict import MultiDict, MultiMapping

from midcall_emulator.rest import (
    OPERATIONS,
    PREFIX,
    Answer,
    Ask,
    Operation,
    RestWorld,
    csv_format,
    load,
    xml_format,
)
from midcall_emulator.rest.errors import Refusal, body_for_status, body_of
from midcall_emulator.rest.recording_media import sound
from midcall_emulator.wire.faults import Fault


class ServedEmulator(Protocol):
    """The emulator that the API is a face of."""

    @property
    def world(self) -> RestWorld: ...


ROOT = "/2010-04-01"
_SUFFIXES = (".json", ".csv", ".wav", ".mp3")  # a label or a name in a path may have dots of its own


def add_routes(app: web.Application, emulator: ServedEmulator) -> None:
    """Add every registered operation, the recordings' sound, and Twilio's answer to what there is not."""
    load()
    for (method, path), function in OPERATIONS.items():
        for variant in _variants(method, path):
            app.router.add_route(method, _pattern(variant), _handler(emulator, function))
    for suffix in ("", ".wav"):
        path = _pattern(PREFIX + "/Recordings/{recording_sid}") + suffix
        app.router.add_get(path, _sound(emulator))
    app.router.add_route("*", ROOT + "/{rest:.*}", _handler(emulator, None))


def _variants(method: str, path: str) -> list[str]:
    """Return a path with its suffix and, for an answer in XML, without; sound has the recordings' one. What is only
    read is there in CSV too."""
    bare = path.removesuffix(".json")
    rows = [f"{bare}.csv"] if method == "GET" else []
    return [path, *rows] if bare == PREFIX + "/Recordings/{recording_sid}" else [*rows, path, bare]


def _sound(emulator: ServedEmulator) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await sound(request, emulator.world)

    return handle


def _pattern(path: str) -> str:
    """Return the route with ids that hold neither slash nor dot."""
    return path.replace("_sid}", "_sid:[^/.]+}")


def _handler(
    emulator: ServedEmulator, function: Operation | None
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        world = emulator.world
        world.rest.under_way += 1
        try:
            return _too_many(request, world) or await _serve(emulator, function, request)
        finally:
            world.rest.under_way -= 1

    return handle


def _too_many(request: web.Request, world: RestWorld) -> web.Response | None:
    """Refuse what is more than an account may ask at once (https://www.twilio.com/docs/api/errors/20429)."""
    if not 0 < world.switches.rest_requests_at_once < world.rest.under_way:
        return None
    answer = _status(429, request.path)
    answer.headers["Twilio-Concurrent-Requests"] = str(world.rest.under_way)
    return answer


async def _serve(emulator: ServedEmulator, function: Operation | None, request: web.Request) -> web.Response:
    params = await _params(request)
    fault = emulator.world.faults.take("rest", request.method, request.path_qs, params)
    if fault and (early := await _before(fault, request)):
        return early
    answer = _perform(emulator, function, request, params)
    if fault and (late := await _after(fault, request)):
        return late
    return answer


def _perform(
    emulator: ServedEmulator, function: Operation | None, request: web.Request, params: MultiMapping[str]
) -> web.Response:
    world = emulator.world
    ids = dict(request.match_info)
    try:
        _sign_in(request, emulator)
        if ids.pop("account_sid", world.account) != world.account:
            raise Refusal(20404, request.path)
        if function is None:
            raise Refusal(_missing(request), request.path)
        return _reply(function(Ask(world, request.path, ids, params)), request.path)
    except Refusal as refusal:
        headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if refusal.status == 401 else {}
        return _body(refusal.status, body_of(refusal), request.path, headers)


def _missing(request: web.Request) -> int:
    """Return 20004 for a path that there is, with another method; 20404 for anything else."""
    for resource in request.app.router.resources():
        known = resource.get_info().get("pattern")
        if known and resource.canonical != ROOT + "/{rest}" and known.fullmatch(request.path):
            return 20004
    return 20404


def _sign_in(request: web.Request, emulator: ServedEmulator) -> None:
    """Check HTTP Basic: account and token, or an API key and its secret."""
    world = emulator.world
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal(20003) from None
    secret = world.token if user == world.account else world.keys.get(user)
    if (
        scheme.lower() != "basic"
        or secret is None
        or not hmac.compare_digest(secret.encode(), password.encode())
    ):
        raise Refusal(20003)


async def _params(request: web.Request) -> MultiMapping[str]:
    """Return the form of a POST, the query of anything else; what is no form has no parameters."""
    if request.method != "POST":
        return request.query
    if request.content_type != "application/x-www-form-urlencoded":
        return MultiDict()
    form = await request.post()
    return MultiDict((name, value) for name, value in form.items() if isinstance(value, str))


async def _before(fault: Fault, request: web.Request) -> web.Response | None:
    if fault.do == "delay":
        await asyncio.sleep(fault.value)
    if fault.do == "status":
        return _status(int(fault.value), request.path)
    return _drop(request) if fault.do == "reset" else None


async def _after(fault: Fault, request: web.Request) -> web.Response | None:
    if fault.do == "execute-then-status":
        return _status(int(fault.value), request.path)
    if fault.do == "execute-then-hang":
        await asyncio.sleep(fault.value or 3600)
        return _drop(request)
    return None


def _drop(request: web.Request) -> web.Response:
    """Cut the connection without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


def _status(status: int, path: str) -> web.Response:
    return _body(status, body_for_status(status, path), path)


def _reply(answer: Answer, path: str) -> web.Response:
    if answer.body is None:
        return web.Response(status=answer.status)
    if path.endswith(".csv"):
        return web.Response(body=csv_format.render(answer.body), content_type="text/csv", charset="utf-8")
    return _body(answer.status, answer.body, path)


def _body(
    status: int, body: dict[str, object], path: str, headers: dict[str, str] | None = None
) -> web.Response:
    """Return an answer in JSON, or in XML for a path without a suffix."""
    is_json = path.endswith(_SUFFIXES)
    text = json.dumps(body).encode() if is_json else xml_format.render(body, path)
    kind = "application/json" if is_json else "application/xml"
    return web.Response(status=status, body=text, content_type=kind, headers=headers)
