"""Custom parameters: ``<Parameter name="…" value="…"/>`` inside a noun or a verb."""

from __future__ import annotations

from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run

LONGEST = 500  # characters of name and value together


def custom_parameters(element: Verb) -> dict[str, str]:
    """Return the custom parameters inside an element."""
    found = (child for child in element.children if child.name == "Parameter")
    return {child.get("name"): child.get("value") for child in found}


def stream_parameters(run: Run, noun: Verb) -> dict[str, str]:
    """Return the custom parameters of a stream; warn if name and value have 500 characters or more together."""
    found = custom_parameters(noun)
    for name, value in found.items():
        if len(name) + len(value) >= LONGEST:
            run.warn(SCHEMA_WARNING, f"{noun.name}: Parameter {name[:20]!r} has {LONGEST} characters or more")
    return found


def return_parameters(verb: Verb) -> dict[str, str]:
    """Return what the action of a Dial to this application receives
    (https://www.twilio.com/docs/voice/twiml/dial/application/usage)."""
    return {f"ReturnParam_{name}": value for name, value in custom_parameters(verb).items()}
