"""HTTP Basic authentication with account and auth token, or with an API key and its secret, which may be restricted."""

from __future__ import annotations

import base64
import binascii
import hmac

from aiohttp import web

from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.world import RestWorld

CHALLENGE = {"WWW-Authenticate": 'Basic realm="Twilio API"'}


def authenticate(request: web.Request, world: RestWorld) -> None:
    """Check the credentials of a request.

    RestError 20003 if they are missing or wrong, 70051 for a resource that the API key may not use
    (https://www.twilio.com/docs/iam/api-keys/restricted-api-keys).
    """
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise RestError(20003) from None
    secret = world.token if user == world.account else world.keys.get(user)
    if scheme.lower() != "basic" or secret is None:
        raise RestError(20003)
    if not hmac.compare_digest(secret.encode(), password.encode()):
        raise RestError(20003)
    if user != world.account and _resource(request.path) in world.switches.denied_to_keys.split():
        raise RestError(70051)


def _resource(path: str) -> str:
    """Return the resource that a path names: ``Recordings`` for ``…/Calls/CA…/Recordings/RE….json``."""
    names = path.rpartition("/Accounts/")[2].split("/")[1::2]
    return names[-1].partition(".")[0] if names else ""
