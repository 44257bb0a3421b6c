"""Applications: TwiML apps (https://www.twilio.com/docs/usage/api/applications)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.core.applications import Application
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation, voice_settings
from midcall_emulator.rest.paging import newest_first

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
    found = (item for item in ask.world.applications if not name or item.friendly_name == name)
    return newest_first(ask, "applications", found, partial(_shown, ask))


@operation("POST", "/Applications.json")
def create(ask: Ask) -> Answer:
    """Make an app."""
    now = ask.world.clock.now()
    item = Application(now, now)
    _change(ask, item)
    return Answer(201, _shown(ask, ask.world.applications.add(item)))


@operation("GET", "/Applications/{application_sid}.json")
def fetch(ask: Ask) -> Answer:
    """Return an app."""
    return Answer(200, _shown(ask, _application(ask)))


@operation("POST", "/Applications/{application_sid}.json")
def update(ask: Ask) -> Answer:
    """Change where an app's calls go."""
    item = _application(ask)
    _change(ask, item)
    return Answer(200, _shown(ask, item))


@operation("DELETE", "/Applications/{application_sid}.json")
def delete(ask: Ask) -> Answer:
    """Delete an app; its numbers go by their own URLs again."""
    ask.world.applications.remove(_application(ask).sid)
    return Answer(204)


def _application(ask: Ask) -> Application:
    return parameters.found(ask, ask.world.applications, "application_sid")


def _change(ask: Ask, item: Application) -> None:
    item.voice = voice_settings.changed(ask, item.voice)
    item.friendly_name = ask.get("FriendlyName", item.friendly_name)
    item.updated = ask.world.clock.now()


def _shown(ask: Ask, item: Application) -> dict[str, Any]:
    return {
        "sid": item.sid,
        "account_sid": ask.world.account,
        "friendly_name": item.friendly_name,
        **voice_settings.shown(item.voice),
        "api_version": "2010-04-01",
        "date_created": representation.date(ask.world, item.created),
        "date_updated": representation.date(ask.world, item.updated),
        "uri": representation.path(ask.world, f"Applications/{item.sid}.json"),
        **_BESIDE_VOICE,
    }
