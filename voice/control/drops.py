"""What a command would cut off: another party's call, or the connection of the call to an app."""

from __future__ import annotations

from voice.calls import Call
from voice.control.base import CallCommand
from voice.control.documents import last_destination
from voice.errors import WouldDrop
from voice.services import Services


def check_drops(services: Services, command: CallCommand, call: Call) -> None:
    """Raises WouldDrop, with the calls that would be disconnected, unless the operator accepted that."""
    if command.may_go_on:
        return
    dropped = command.drops(call)
    if dropped:
        raise _would_drop(call, dropped)
    if command.cuts_connection and _is_connected_to_app(services, call):
        raise WouldDrop(
            "The last TwiML connected the call to an app with <Connect>, and this command cuts the connection. "
            "To cut it, repeat the command with “Disconnect the other party” (`even_if_dropping`)."
        )


def _would_drop(call: Call, dropped: list[Call]) -> WouldDrop:
    parties = " and ".join(other.party_number or other.call_sid for other in dropped)
    gentler = "Add a participant" if call.in_room else "Turn the call into a conference"
    return WouldDrop(
        f"{parties} would be disconnected. {gentler} first, "
        "or repeat the command with “Disconnect the other party” (`even_if_dropping`).",
        fields=[{"field": "even_if_dropping", "message": other.call_sid} for other in dropped],
    )


def _is_connected_to_app(services: Services, call: Call) -> bool:
    """True for a caller who talks to no other party, and whose last document holds a <Connect>."""
    if call.in_room or services.registry.calls.talking_to(call):
        return False
    last = last_destination(services, call)
    return last is not None and "<Connect" in (last.twiml or "")
