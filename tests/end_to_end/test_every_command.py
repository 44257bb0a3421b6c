"""Behavior of every command in the catalogue: how it finishes when the caller has hung up."""

from __future__ import annotations

import pytest

from midcall_emulator.client import Phone
from tests.support.command_examples import example_arguments
from tests.support.stack import Stack
from voice.commands import all_commands
from voice.control.base import ALREADY_ENDED, CallCommand, call_commands
from voice.control.live_update import CALL_ENDED

KINDS = call_commands(all_commands())
BY_NAME = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def run_on_ended_call(stack: Stack, phone: Phone, kind: type[CallCommand]) -> str:
    """The message for the operator. Whatever it is, no command of the call stays open."""
    answer = stack.admin.post(f"/calls/{phone.sid}/{kind.name}", example_arguments(kind))
    commands = stack.admin.story(phone)["commands"]
    assert all(one["state"] in ("confirmed", "refused") and one["finished_at"] for one in commands), commands
    if kind.proof == "end":
        assert (answer.status_code, answer.json()["state"]) == (200, "confirmed"), answer.text
        return answer.json()["message"] or ""
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "call_not_in_progress"), answer.text
    return error["message"]


def test_every_command_names_the_end_of_a_call_that_has_ended(stack: Stack) -> None:
    phone = stack.dial(hears="Welcome").hangup()
    stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    for name, kind in KINDS.items():
        expected = ALREADY_ENDED if kind.proof == "end" else CALL_ENDED
        assert run_on_ended_call(stack, phone, kind) == expected, name


@BY_NAME
def test_a_command_is_finished_when_the_caller_hangs_up_unnoticed(
    stack: Stack, kind: type[CallCommand]
) -> None:
    """No webhook has reported the end when the operator acts, so Twilio's answer decides.

    The message is Midcall's own, whichever it finds first: that the call has ended, or that its state is wrong.
    """
    phone = stack.dial(hears="Welcome")
    stack.twilio.faults([{"on": "webhook", "match": "/voice/status", "times": -1, "do": "reset"}])
    phone.hangup().waits_for(status="completed")
    message = run_on_ended_call(stack, phone, kind)
    assert "Twilio" not in message, message


def rings_a_phone(stack: Stack, name: str) -> bool:
    """Whether a phone rings when the command runs for a caller in the menu, or in a queue if it takes a caller."""
    phone = stack.dial(hears="Welcome")
    if name.startswith("take"):
        stack.admin.command(phone, "park")
        stack.wait_until(lambda: stack.admin.story(phone)["call"]["scene"] == "parked")
    before = {call["sid"] for call in stack.twilio.calls()}
    path = f"/calls/{phone.sid}/{name}" if name in KINDS else f"/commands/{name}"
    stack.admin.post(path, example_arguments(all_commands()[name]))
    stack.twilio.advance(5)
    return {call["sid"] for call in stack.twilio.calls()} != before


@pytest.mark.slow
def test_every_command_that_rings_a_phone_says_so(stack: Stack) -> None:
    """An emergency stop refuses the commands that say so."""
    stack.twilio.clock(mode="manual")
    names = [name for name in all_commands() if not name.startswith("emergency")]
    ringing = {name for name in names if rings_a_phone(stack, name)}
    assert {"dial", "transfer", "take", "take_next", "bring_in", "barge"} <= ringing
    assert ringing <= {name for name in names if all_commands()[name].dials_out}
