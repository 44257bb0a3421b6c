"""Parties of a call, as the tests of commands see them: what each hears, its webhooks, the outcome of a command."""

from __future__ import annotations

from typing import Any

from midcall_emulator.client import Phone
from tests.support.stack import Stack


def spoken_to(phone: Phone) -> list[str]:
    """The texts that a party heard."""
    return [item["text"] for item in phone.heard if item["kind"] == "say"]


def requested_scenes(phone: Phone) -> list[str]:
    """The webhooks of the call in order, each by the last part of its path."""
    return [request["url"].partition("?")[0].rpartition("/")[2] for request in phone.requests]


def connect_parties(stack: Stack) -> tuple[Phone, Phone]:
    """A caller and the agent that they talk to through the menu's transfer."""
    phone = stack.dial().press("1")
    phone.waits_for(hears="putting you through", timeout=20)
    stack.wait_until(lambda: bool(phone.legs))
    leg = phone.legs[0]
    stack.wait_until(lambda: any(item["kind"] == "bridge" for item in phone.heard))
    stack.admin.wait_for(leg, lambda story: story["call"]["status"] == "in-progress")
    return phone, leg


def wait_for_confirmation(stack: Stack, phone: Phone, command: dict[str, Any]) -> dict[str, Any]:
    """Wait until the command is finished, and assert that it was confirmed; the story of the call."""
    story = stack.admin.wait_for(
        phone, lambda story: any(c["id"] == command["id"] and c["finished_at"] for c in story["commands"])
    )
    [found] = [c for c in story["commands"] if c["id"] == command["id"]]
    assert found["state"] == "confirmed", found
    return story


def outcome_of(stack: Stack, phone: Phone, command: dict[str, Any]) -> tuple[str, str | None]:
    """State and message of a command, once it is finished."""

    def found(story: dict[str, Any]) -> dict[str, Any]:
        return next(one for one in story["commands"] if one["id"] == command["id"])

    finished = found(stack.admin.wait_for(phone, lambda story: bool(found(story)["finished_at"])))
    return finished["state"], finished["message"]


def refusal_message(answer: Any) -> str:
    """The message of a command that was refused because of the state of the call."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "call_not_in_progress"), answer.text
    assert answer.json()["command"]["state"] == "refused"
    return answer.json()["error"]["message"]


def refusal(stack: Stack, phone: Phone, name: str, **arguments: Any) -> tuple[int, str]:
    """HTTP status and message of a command that was refused."""
    answer = stack.admin.post(f"/calls/{phone.sid}/{name}", arguments)
    assert answer.status_code != 200, answer.text
    return answer.status_code, answer.json()["error"]["message"]
