"""Calls to the emulator's number, for tests that start from a document of the scripted app."""

from __future__ import annotations

from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from midcall_emulator.settings import NUMBER
from tests.support.scripted_app import ScriptedApp


def start_call(twilio: Emulator, app: ScriptedApp, document: str, seconds: float = 0) -> Phone:
    """Dial the number, run a document, and advance the clock; return the caller's phone."""
    app.on("/start", document)
    phone = twilio.dial(NUMBER)
    twilio.advance(seconds)
    return phone


def run_call(twilio: Emulator, seconds: float = 60) -> Phone:
    """Dial the number, and advance the clock beyond the end of the call."""
    phone = twilio.dial(NUMBER, from_="+15005550001")
    twilio.advance(seconds)
    return phone


def configure_number(client: Client, **settings: str) -> None:
    """Set URLs and methods of the emulator's number over REST."""
    client.incoming_phone_numbers.list(phone_number=NUMBER)[0].update(**settings)


def only_leg(phone: Phone) -> Phone:
    """Return the one leg that a caller's Dial has made."""
    [leg] = phone.legs
    return leg
