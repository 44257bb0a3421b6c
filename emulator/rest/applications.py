"""Applications: TwiML apps (https://www.twilio.com/docs/usage/api/applications)."""

from __future__ import annotations

from functools import partial
from typing import Any

from emulator.applications import Application
from emulator.rest import Answer, Ask, operation, representation
from emulator.rest.errors import Refusal
from emulator.rest.numbers import apply
from emulator.rest.paging import page

_BESIDE_VOICE: dict[str, Any] = {
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
def list_applications(ask: Ask) -> Answer:
    """Return apps; ``FriendlyName`` is the whole name."""
    name = ask.get("FriendlyName")
    found = [
        item for item in reversed(list(ask.world.applications)) if not name or item.friendly_name == name
    ]
    return Answer(200, page(ask, "applications", found, partial(_shown, ask), lambda item: item.sid))


@operation("POST", "/Applications.json")
def create(ask: Ask) -> Answer:
    """Make an app."""
    now = ask.world.clock.now()
    item = Application(created=now, updated=now)
    apply(ask, item)
    return Answer(201, _shown(ask, ask.world.applications.add(item)))


@operation("GET", "/Applications/{application_sid}.json")
def fetch(ask: Ask) -> Answer:
    """Return an app."""
    return Answer(200, _shown(ask, _application(ask)))


@operation("POST", "/Applications/{application_sid}.json")
def update(ask: Ask) -> Answer:
    """Change where an app's calls go."""
    item = _application(ask)
    apply(ask, item)
    item.updated = ask.world.clock.now()
    return Answer(200, _shown(ask, item))


@operation("DELETE", "/Applications/{application_sid}.json")
def delete(ask: Ask) -> Answer:
    """Delete an app; its numbers go by their own URLs again."""
    ask.world.applications.remove(_application(ask).sid)
    return Answer(204)


def _application(ask: Ask) -> Application:
    item = ask.world.applications.get(ask.ids["application_sid"])
    if item is None:
        raise Refusal(20404, ask.path)
    return item


def _shown(ask: Ask, item: Application) -> dict[str, Any]:
    return {
        "sid": item.sid,
        "account_sid": ask.world.account,
        "friendly_name": item.friendly_name,
        "voice_url": item.voice_url or None,
        "voice_method": item.voice_method,
        "voice_fallback_url": item.voice_fallback_url or None,
        "voice_fallback_method": item.voice_fallback_method,
        "status_callback": item.status_callback or None,
        "status_callback_method": item.status_callback_method,
        "api_version": "2010-04-01",
        "date_created": representation.date(ask.world, item.created),
        "date_updated": representation.date(ask.world, item.updated),
        "uri": representation.path(ask.world, f"Applications/{item.sid}.json"),
        **_BESIDE_VOICE,
    }
