"""EarlyMedia: a participant joins while the phone rings, and the others hear that."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard
from tests.support.conference_calls import conference_callbacks, conference_named, join_quietly, join_two
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
EXPERT = "+15005550006"
OF_THE_EXPERT = {"from_": NUMBER, "to": EXPERT, "beep": "false"}


def events_about(app: ScriptedApp, sid: str) -> list[str]:
    """Return the conference's callbacks about a participant, in order."""
    return [item["StatusCallbackEvent"] for item in conference_callbacks(app) if item.get("CallSid") == sid]


def test_the_others_hear_the_ringing_and_the_join_is_reported_before_the_answer(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(early_media=True)
    ann, bob = join_two(twilio, app)
    added = conference_named(client).participants.create(**OF_THE_EXPERT)
    twilio.advance(1)
    expert = twilio.phone(str(added.call_sid))
    assert (heard(ann)[-1], heard(bob)[-1], expert.status) == ("ringback", "ringback", "ringing")
    assert events_about(app, expert.sid) == ["participant-join"]
    assert conference_named(client).participants(expert.sid).fetch().status == "ringing"
    twilio.advance(2)
    assert (heard(ann)[-1], heard(expert)) == (
        f"bridge({expert.sid})",
        [f"bridge({ann.sid})", f"bridge({bob.sid})"],
    )
    assert events_about(app, expert.sid) == ["participant-join"]


def test_the_ringing_starts_a_waiting_conference(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(early_media=True)
    ann = join_quietly(twilio, app)
    twilio.people(EXPERT, "busy")
    client.conferences("sales").participants.create(**OF_THE_EXPERT)
    twilio.advance(1)
    assert conference_named(client).fetch().status == "in-progress"
    twilio.advance(2)
    assert (heard(ann), ann.status) == (["music", "ringback", "busy"], "in-progress")


@pytest.mark.parametrize(("switch", "early_media"), [(True, False), (False, True)])
def test_without_early_media_the_join_is_the_answer(
    twilio: Emulator, app: ScriptedApp, client: Client, switch: bool, early_media: bool
) -> None:
    twilio.switches(early_media=switch)
    ann, _ = join_two(twilio, app)
    added = conference_named(client).participants.create(early_media=early_media, **OF_THE_EXPERT)
    twilio.advance(1)
    assert ("ringback" in heard(ann), events_about(app, str(added.call_sid))) == (False, [])
    twilio.advance(2)
    assert events_about(app, str(added.call_sid)) == ["participant-join"]
