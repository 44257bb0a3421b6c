"""Phones and stories, as the tests of the commands look at them: what each party heard, and the webhooks in order."""

from __future__ import annotations

from typing import Any

from midcall_emulator.client import Phone
from tests.support.stack import Stack


def words(phone: Phone) -> list[str]:
    """What was said to somebody."""
    return [item["text"] for item in phone.heard if item["kind"] == "say"]


def scenes_asked_for(phone: Phone) -> list[str]:
    """The webhooks of the call, in order, each by the last part of its path."""
    return [request["url"].partition("?")[0].rpartition("/")[2] for request in phone.requests]


def bridged(stack: Stack) -> tuple[Phone, Phone]:
    """A caller who talks to somebody: both phones."""
    phone = stack.dial().press("1")
    phone.waits_for(hears="putting you through", timeout=20)
    stack.wait_until(lambda: bool(phone.legs))
    leg = phone.legs[0]
    stack.wait_until(lambda: any(item["kind"] == "bridge" for item in phone.heard))
    stack.admin.wait_for(leg, lambda story: story["call"]["status"] == "in-progress")
    return phone, leg


def confirmed(stack: Stack, phone: Phone, command: dict[str, Any]) -> dict[str, Any]:
    """The call's story once the command is done; it must have been confirmed."""
    story = stack.admin.wait_for(
        phone, lambda story: any(c["id"] == command["id"] and c["finished_at"] for c in story["commands"])
    )
    [found] = [c for c in story["commands"] if c["id"] == command["id"]]
    assert found["state"] == "confirmed", found
    return story


def refused(answer: Any) -> str:
    """The operator's words for a command that was refused because of the call's state."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "call_not_in_progress"), answer.text
    assert answer.json()["command"]["state"] == "refused"
    return answer.json()["error"]["message"]
