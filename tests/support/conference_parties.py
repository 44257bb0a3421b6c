"""Participants of a conference, as its tests see them: what each hears, and what the callbacks report."""

from __future__ import annotations

from typing import Any

from midcall_emulator.client import Phone
from tests.support.parties import connect_parties, requested_scenes, wait_for_confirmation
from tests.support.stack import Stack

DESK = "+14155550177"  # the phone of a supervisor
EXPERT = "+14155550188"  # the phone of a colleague
NO_SCENES = ("status", "conference", "hold_music")


def conference_of_two(stack: Stack) -> tuple[Phone, Phone]:
    """A caller and an agent in a conference."""
    caller, agent = connect_parties(stack)
    wait_for_confirmation(stack, caller, stack.admin.command(caller, "conference"))
    for phone in (caller, agent):
        stack.admin.wait_for(phone, lambda story: story["call"]["room"])
    return caller, agent


def wait_for_join(stack: Stack, number: str) -> Phone:
    """The phone that a command has dialed, once it is in the conference."""
    stack.wait_until(lambda: bool(stack.twilio.phones(to=number)))
    phone = stack.twilio.phones(to=number)[-1]
    stack.admin.wait_for(phone, lambda story: story["call"]["room"])
    return phone


def heard_by(speaker: Phone, text: str, **others: Phone) -> set[str]:
    """Let a participant speak; the names of the others who hear it."""
    speaker.speak(text)
    return {name for name, other in others.items() if text in [item.get("text") for item in other.heard]}


def scenes_of(phone: Phone) -> list[str]:
    """The scenes of the call in order, without the hold music."""
    return [name for name in requested_scenes(phone) if name not in NO_SCENES and "." not in name]


def conference_events(story: dict[str, Any]) -> list[str]:
    """The events that the callbacks of the conference report for the call, in order."""
    return [
        event["details"]["twilio"]["StatusCallbackEvent"]
        for event in story["events"]
        if event["kind"] == "webhook.conference"
    ]
