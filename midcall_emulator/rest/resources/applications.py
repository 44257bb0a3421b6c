"""Applications: TwiML apps (https://www.twilio.com/docs/usage/api/applications)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.core.applications import Application
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.formats.paging import newest_first
from midcall_emulator.rest.lookup import find
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import voice_settings
from midcall_emulator.rest.response import Response

_OTHER_PRODUCTS: dict[str, Any] = {
    "message_status_callback": None,
    "public_application_connect_enabled": False,
    "sms_fallback_method": "POST",
    "sms_fallback_url": None,
    "sms_method": "POST",
    "sms_status_callback": None,
    "sms_url": None,
    "voice_caller_id_lookup": False,
}


@operation("GET", "/Applications.json")
def list_applications(request: Request) -> Response:
    """Return the apps; ``FriendlyName`` is the whole name."""
    name = request.get("FriendlyName")
    apps = (app for app in request.world.applications if not name or app.friendly_name == name)
    return newest_first(request, "applications", apps, partial(_fields, request))


@operation("POST", "/Applications.json")
def create(request: Request) -> Response:
    """Create an app."""
    now = request.world.clock.now()
    app = Application(now, now)
    _update(request, app)
    return Response(201, _fields(request, request.world.applications.add(app)))


@operation("GET", "/Applications/{application_sid}.json")
def fetch(request: Request) -> Response:
    """Return an app."""
    return Response(200, _fields(request, _find(request)))


@operation("POST", "/Applications/{application_sid}.json")
def update(request: Request) -> Response:
    """Change an app's name, URLs and methods."""
    app = _find(request)
    _update(request, app)
    return Response(200, _fields(request, app))


@operation("DELETE", "/Applications/{application_sid}.json")
def delete(request: Request) -> Response:
    """Delete an app. Its numbers use their own URLs again."""
    request.world.applications.remove(_find(request).sid)
    return Response(204)


def _find(request: Request) -> Application:
    return find(request, request.world.applications, "application_sid")


def _update(request: Request, app: Application) -> None:
    app.voice = voice_settings.changed(request, app.voice)
    app.friendly_name = request.get("FriendlyName", app.friendly_name)
    app.updated = request.world.clock.now()


def _fields(request: Request, app: Application) -> dict[str, Any]:
    return {
        "sid": app.sid,
        "account_sid": request.world.account,
        "friendly_name": app.friendly_name,
        **voice_settings.fields(app.voice),
        "api_version": "2010-04-01",
        "date_created": date(request.world, app.created),
        "date_updated": date(request.world, app.updated),
        "uri": path(request.world, f"Applications/{app.sid}.json"),
        **_OTHER_PRODUCTS,
    }
