"""Rooms, as their tests look at them: who hears whom, what a room's callbacks told, who was dialled into it."""

from __future__ import annotations

from typing import Any

from midcall_emulator.client import Phone
from tests.support.parties import bridged, confirmed, scenes_asked_for
from tests.support.stack import Stack

DESK = "+14155550177"  # the supervisor's own phone
EXPERT = "+14155550188"  # whoever is asked
BESIDE = ("status", "conference", "hold_music")


def in_room(stack: Stack) -> tuple[Phone, Phone]:
    """A caller and whom they talk to, in a room."""
    caller, agent = bridged(stack)
    confirmed(stack, caller, stack.admin.command(caller, "conference"))
    for phone in (caller, agent):
        stack.admin.wait_for(phone, lambda story: story["call"]["room"])
    return caller, agent


def joined(stack: Stack, number: str) -> Phone:
    """The phone that a command has dialled, once it is in the room."""
    stack.wait_until(lambda: bool(stack.twilio.phones(to=number)))
    phone = stack.twilio.phones(to=number)[-1]
    stack.admin.wait_for(phone, lambda story: story["call"]["room"])
    return phone


def who_hears(speaker: Phone, text: str, **others: Phone) -> set[str]:
    """The names of those who hear what somebody in the room says."""
    speaker.speak(text)
    return {name for name, other in others.items() if text in [item.get("text") for item in other.heard]}


def documents_of(phone: Phone) -> list[str]:
    """The scenes that the call was in, in order: its webhooks that asked for TwiML, but for music beside them."""
    return [name for name in scenes_asked_for(phone) if name not in BESIDE and "." not in name]


def told(story: dict[str, Any]) -> list[str]:
    """What the room's callbacks told of a call, in order."""
    return [
        event["details"]["twilio"]["StatusCallbackEvent"]
        for event in story["events"]
        if event["kind"] == "webhook.conference"
    ]


def done(stack: Stack, phone: Phone, command: dict[str, Any]) -> tuple[str, str | None]:
    """How a command ended, once it has: state and message."""

    def found(story: dict[str, Any]) -> dict[str, Any]:
        return next(one for one in story["commands"] if one["id"] == command["id"])

    one = found(stack.admin.wait_for(phone, lambda story: bool(found(story)["finished_at"])))
    return one["state"], one["message"]


def refusal(stack: Stack, phone: Phone, name: str, **arguments: Any) -> tuple[int, str]:
    """How a command was refused: HTTP status and message."""
    answer = stack.admin.post(f"/calls/{phone.sid}/{name}", arguments)
    assert answer.status_code != 200, answer.text
    return answer.status_code, answer.json()["error"]["message"]
