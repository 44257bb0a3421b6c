"""Client inside Dial (https://www.twilio.com/docs/voice/twiml/client)."""

from __future__ import annotations

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import dial_target
from midcall_emulator.twiml.nouns.phone import LEG_ATTRIBUTES, phone_target
from midcall_emulator.twiml.performers import attributes


@dial_target("Client", attributes(f"{LEG_ATTRIBUTES} clientNotificationUrl"))
def client(run: Run, noun: Verb) -> DialParty | None:
    """Return the client as a target; its name is the text of the noun or of ``<Identity>`` inside it."""
    identities = [child.text for child in noun.children if child.name == "Identity"]
    name = identities[0] if identities else noun.text
    return phone_target(run, noun, f"client:{name.removeprefix('client:')}" if name else "")
