"""A talk becomes a conference: neither party is lost or hears an announcement, however slow and unordered Twilio is."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from midcall_emulator.client import Phone
from midcall_emulator.settings import NUMBER
from tests.support.served_app import ServedApp, served_app

AGENT = "+14155550123"
CHUNK = 25
FEW_SEEDS, MANY_SEEDS = range(30), range(0, 1000, CHUNK)
SILENT = {"bridge", "speech", "silence"}  # what a party may hear while it is moved


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory) -> Iterator[ServedApp]:
    """An app whose callers are transferred at once."""
    with served_app(sqlite_template, tmp_path_factory, START_SCENE="transfer", TRANSFER_TO=AGENT) as served:
        yield served


def talk(served: ServedApp, **switches: Any) -> tuple[Phone, Phone]:
    """A caller and an agent who talk through a Dial."""
    served.start("slow", rest_lag_ms=0, **switches)  # the lag is in real time
    caller = served.emulator.dial(NUMBER)
    served.emulator.advance(10)
    [agent] = caller.legs
    return caller, agent


def hearers(speaker: Phone, other: Phone, text: str) -> bool:
    """Whether the other party hears the speaker."""
    speaker.speak(text)
    return text in [item.get("text") for item in other.heard]


def assert_together(served: ServedApp, caller: Phone, agent: Phone, before: dict[str, int]) -> None:
    """Assert that both parties are in the conference, hear each other, and heard nothing else."""
    assert (caller.status, agent.status) == ("in-progress", "in-progress")
    found = served.emulator.rest("GET", f"/Conferences.json?FriendlyName=room-{caller.sid}")["conferences"]
    [conference] = [one for one in found if one["status"] == "in-progress"]
    listed = served.emulator.rest("GET", f"/Conferences/{conference['sid']}/Participants.json")[
        "participants"
    ]
    assert {one["call_sid"] for one in listed} == {caller.sid, agent.sid}
    for phone in (caller, agent):
        heard = {item["kind"] for item in phone.heard[before[phone.sid] :]}
        assert heard <= SILENT, heard
    assert hearers(caller, agent, "Hello?")
    assert hearers(agent, caller, "Good morning")


def promote_with(served: ServedApp, seed: int) -> None:
    """Promote a talk under the latencies and the disorder that the seed draws."""
    chance = Random(seed)
    leaves_after = chance.randrange(600)
    caller, agent = talk(
        served,
        seed=seed,
        leg_leaves_dial_least_ms=leaves_after,
        leg_leaves_dial_most_ms=leaves_after,
        redirect_delay_seconds=chance.choice([0.0, 0.4, 0.8]),
    )
    late = chance.choice([0.0, 0.0, chance.uniform(0, 1.5), chance.uniform(1.5, 6)])
    if late:
        served.emulator.faults([{"on": "webhook", "match": "/transfer_outcome", "do": "late", "value": late}])
    before = {phone.sid: len(phone.heard) for phone in (caller, agent)}
    command = served.run(chance.choice([caller, agent]), "conference")
    served.emulator.advance(10)
    assert_together(served, caller, agent, before)
    assert served.command(command).state == "confirmed"


@pytest.mark.parametrize("seed", FEW_SEEDS)
def test_a_talk_becomes_a_conference_on_a_slow_and_unordered_twilio(served, seed):
    promote_with(served, seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", MANY_SEEDS)
def test_a_talk_becomes_a_conference_a_thousand_times(served, first):
    failures = {}
    for seed in range(first, first + CHUNK):
        try:
            promote_with(served, seed)
        except Exception as error:  # noqa: BLE001  # every seed is tried, and all failures are shown
            failures[seed] = repr(error)
    assert failures == {}
