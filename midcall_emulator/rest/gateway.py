"""Every request to the REST API: concurrency limit, faults, authentication, parameters, and the response."""

from __future__ import annotations

from aiohttp import web
from multidict import MultiDict, MultiMapping

from midcall_emulator.rest import faults
from midcall_emulator.rest.authentication import CHALLENGE, authenticate
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.formats.body import encode, error_response
from midcall_emulator.rest.operation import Perform, Request
from midcall_emulator.rest.world import RestWorld

ROOT = "/2010-04-01"


async def serve(request: web.Request, world: RestWorld, perform: Perform | None) -> web.Response:
    """Respond to a request; ``perform`` is None for a path that no operation serves."""
    world.rest.in_progress += 1
    try:
        return _too_many(request, world) or await _serve(request, world, perform)
    finally:
        world.rest.in_progress -= 1


def _too_many(request: web.Request, world: RestWorld) -> web.Response | None:
    """Refuse requests above the account's concurrency limit (https://www.twilio.com/docs/api/errors/20429)."""
    if not 0 < world.switches.rest_requests_at_once < world.rest.in_progress:
        return None
    response = error_response(429, request.path)
    response.headers["Twilio-Concurrent-Requests"] = str(world.rest.in_progress)
    return response


async def _serve(request: web.Request, world: RestWorld, perform: Perform | None) -> web.Response:
    params = await _params(request)
    fault = world.faults.take("rest", request.method, request.path_qs, params)
    if fault and (early := await faults.before(fault, request)):
        return early
    response = _perform(request, world, perform, params)
    if fault and (late := await faults.after(fault, request)):
        return late
    return response


def _perform(
    request: web.Request, world: RestWorld, perform: Perform | None, params: MultiMapping[str]
) -> web.Response:
    ids = dict(request.match_info)
    try:
        authenticate(request, world)
        if ids.pop("account_sid", world.account) != world.account:
            raise RestError(20404, request.path)
        if perform is None:
            raise RestError(_unknown_route_code(request), request.path)
        return encode(perform(Request(world, request.path, ids, params)), request.path)
    except RestError as error:
        response = error_response(error.status, request.path, error)
        response.headers.update(CHALLENGE if error.status == 401 else {})
        return response


def _unknown_route_code(request: web.Request) -> int:
    """Return 20004 if the path has operations with other methods, otherwise 20404."""
    for resource in request.app.router.resources():
        pattern = resource.get_info().get("pattern")
        if pattern and resource.canonical != ROOT + "/{rest}" and pattern.fullmatch(request.path):
            return 20004
    return 20404


async def _params(request: web.Request) -> MultiMapping[str]:
    """Return the form of a POST, or the query of another method. A body that is not a form has no parameters."""
    if request.method != "POST":
        return request.query
    if request.content_type != "application/x-www-form-urlencoded":
        return MultiDict()
    form = await request.post()
    return MultiDict((name, value) for name, value in form.items() if isinstance(value, str))
