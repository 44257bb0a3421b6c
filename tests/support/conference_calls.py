"""Callers who join a conference of the emulator, and the conference's status callbacks."""

from __future__ import annotations

from typing import Any

from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import ScriptedApp

ALL_EVENTS = "start end join leave mute hold modify speaker announcement"
CALLBACK = "/conference"
STATUSES = ("init", "in-progress", "completed")


def conference_document(
    attributes: str = 'beep="false"', dial: str = "", then: str = "<Say>Out</Say>", name: str = "sales"
) -> str:
    """Return a document that joins a conference and then runs another verb."""
    return f"<Dial {dial}><Conference {attributes}>{name}</Conference></Dial>{then}"


def join(twilio: Emulator, app: ScriptedApp, document: str = "", seconds: float = 0) -> Phone:
    """Call the number, whose document joins the conference; return the caller's phone."""
    return start_call(twilio, app, document or conference_document(), seconds)


def join_quietly(twilio: Emulator, app: ScriptedApp, attributes: str = "", name: str = "sales") -> Phone:
    """Join a conference without beep and with these attributes."""
    return join(twilio, app, conference_document(f'beep="false" {attributes}', name=name))


def join_two(twilio: Emulator, app: ScriptedApp, attributes: str = "") -> tuple[Phone, Phone]:
    """Let two callers join; the conference reports every event, the attributes are those of the second caller."""
    callback = f'statusCallback="{CALLBACK}" statusCallbackEvent="{ALL_EVENTS}"'
    return join_quietly(twilio, app, callback), join_quietly(twilio, app, attributes)


def conference_named(client: Client, name: str = "sales") -> Any:
    """Return the SDK's context of the only conference with this name, whatever its status."""
    lists = (client.conferences.list(friendly_name=name, status=status) for status in STATUSES)
    [found] = [conference for listed in lists for conference in listed]
    return client.conferences(str(found.sid))


def conference_callbacks(app: ScriptedApp) -> list[dict[str, str]]:
    """Return the parameters of every status callback, in order."""
    return [visit.params for visit in app.visits if visit.path == CALLBACK]


def last_callback(app: ScriptedApp) -> dict[str, str]:
    """Return the parameters of the last status callback."""
    return app.visit(CALLBACK).params
