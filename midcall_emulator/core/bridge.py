"""Bridges: two calls that hear each other, or a caller and a TwiML app."""

from __future__ import annotations

from midcall_emulator.core.audio import Audio
from midcall_emulator.core.call_record import Call


def bridge(audio: Audio, one: Call, other: Call) -> None:
    """Connect two calls: the people on them hear each other."""
    one.bridged_to, other.bridged_to = other, one
    audio.play(one, "bridge", sid=other.sid)
    audio.play(other, "bridge", sid=one.sid)
    for call in (one, other):
        _call_hook(call)


def bridge_to_app(audio: Audio, caller: Call, leg: Call) -> None:
    """Connect a caller to the leg of a TwiML app: the caller hears the documents of the app, and controls them."""
    caller.bridged_to = leg
    audio.play(caller, "bridge", sid=leg.sid)
    leg.person = caller
    _call_hook(caller)


def _call_hook(call: Call) -> None:
    if call.run.on_bridge:
        call.run.on_bridge()
