"""What holds for every command of the catalogue: how it ends when the caller is gone, known or not."""

from __future__ import annotations

import pytest

from midcall_emulator.client import Phone
from tests.support.stack import Stack
from voice.commands import all_commands
from voice.control.base import call_commands

EXPERT = "+14155550188"
WITH = {  # what a command cannot do without; one that is not here needs nothing
    "announce": {"text": "Hello"}, "bring_in": {"to": EXPERT}, "coach": {"to": EXPERT}, "barge": {"to": EXPERT},
    "monitor": {"to": EXPERT}, "consult": {"to": EXPERT}, "message": {"content": {"a": 1}},
    "play": {"url": "https://sounds.example.com/a.wav"}, "redirect": {"scene": "goodbye"}, "say": {"text": "Hello"},
    "send_digits": {"digits": "1"}, "siprec_start": {"connector": "Recorder"},
    "stream_start": {"url": "wss://127.0.0.1/ear"}, "take": {"to": EXPERT}, "time_limit": {"seconds": 60},
    "transfer": {"to": EXPERT}, "twiml": {"twiml": "<Response><Say>Hello</Say></Response>"},
}  # fmt: skip
NAMES = sorted(call_commands(all_commands()))
SAID = (  # whichever of the two it notices first
    "the call has ended", "was started here on this call", "is not parked", "is not being recorded", "is not in a room",
    "nobody talks to this caller", "is not on hold",
)  # fmt: skip


def ended_well(stack: Stack, phone: Phone, name: str) -> str:
    """What the operator is told; whatever it is, no command of the call stays on its way."""
    answer = stack.admin.post(f"/calls/{phone.sid}/{name}", WITH.get(name, {}))
    commands = stack.admin.story(phone)["commands"]
    assert all(one["state"] in ("confirmed", "refused") and one["finished_at"] for one in commands), commands
    if name == "end":
        assert (answer.status_code, answer.json()["state"]) == (200, "confirmed"), answer.text
        return ""
    assert answer.status_code in (404, 409), answer.text
    return answer.json()["error"]["message"]


def test_of_a_call_that_has_ended(stack: Stack) -> None:
    phone = stack.dial(hears="Welcome").hangup()
    stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    for name in NAMES:
        assert ended_well(stack, phone, name) == ("" if name == "end" else "the call has ended"), name


@pytest.mark.parametrize("name", NAMES)
def test_in_a_race_with_a_caller_who_hangs_up(stack: Stack, name: str) -> None:
    """Nobody has told the registry of the end when the operator asks: Twilio's answer counts, in their words."""
    phone = stack.dial(hears="Welcome")
    stack.twilio.faults([{"on": "webhook", "match": "/voice/status", "times": -1, "do": "reset"}])
    phone.hangup().waits_for(status="completed")
    told = ended_well(stack, phone, name)
    assert told == "" or any(words in told for words in SAID), told
