"""The REST API of participants: mute, hold, announce, coach, and remove."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.conference_calls import conference_named, join_quietly, join_two, last_callback
from tests.support.rest_requests import status_and_code
from tests.support.scripted_app import Answer, ScriptedApp


def test_a_failed_announcement_is_reported(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(announcement_fail="any")
    ann, _ = join_two(twilio, app)
    app.on("/news", "<Hangup/>")
    conference_named(client).participants(ann.sid).update(
        announce_url=app.url("/news"), announce_method="GET"
    )
    twilio.settle()
    assert (last_callback(app)["StatusCallbackEvent"], last_callback(app)["CallSid"]) == (
        "announcement-fail",
        ann.sid,
    )
    assert "Hangup" in last_callback(app)["ReasonAnnouncementFailed"]
    assert (app.visit("/news").method, warning_codes(ann), ann.status) == ("GET", [13238], "in-progress")


def test_a_failed_announcement_plays_an_application_error(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(announcement_fail="internal")
    ann, bob = join_two(twilio, app)
    app.on("/news", Answer(status=500))
    conference_named(client).update(announce_url=app.url("/news"))
    twilio.settle()
    assert (heard(ann)[-1], heard(bob)[-1], warning_codes(ann)) == ("apology", "apology", [11200])
    assert last_callback(app)["StatusCallbackEvent"] == "conference-start"


def test_hold_and_announcement_requests_have_no_parameters(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(conference_request_parameters="none")
    ann, bob = join_two(twilio, app)
    app.on("/hold", "<Say>Hold</Say>")
    app.on("/news", "<Say>News</Say>")
    conference = conference_named(client)
    conference.participants(ann.sid).update(hold=True, hold_url=app.url("/hold"), hold_method="POST")
    conference.participants(bob.sid).update(announce_url=app.url("/news"))
    twilio.settle()
    assert (heard(ann)[-1], heard(bob)[-1]) == ("say(Hold)", "say(News)")
    assert (app.visit("/hold").params, app.visit("/news").params) == ({}, {})


def test_one_participant_hears_a_participant_announcement(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    ann, bob = join_two(twilio, app)
    app.on("/news", "<Say>You are the first</Say>")
    conference_named(client).participants(ann.sid).update(announce_url=app.url("/news"))
    twilio.advance(10)
    assert heard(ann)[-1] == "say(You are the first)"
    assert heard(bob) == [f"bridge({ann.sid})"]


def test_a_muted_participant_is_not_heard(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = join_two(twilio, app)
    conference = conference_named(client)
    assert conference.participants(ann.sid).update(muted=True).muted is True
    twilio.settle()
    assert (last_callback(app)["StatusCallbackEvent"], last_callback(app)["Muted"]) == (
        "participant-mute",
        "true",
    )
    assert [participant.call_sid for participant in conference.participants.list(muted=True)] == [ann.sid]
    conference.participants(ann.sid).update(muted=True)
    twilio.settle()
    assert [visit.params["StatusCallbackEvent"] for visit in app.visits[-2:]] == [
        "conference-start",
        "participant-mute",
    ]
    ann.press("1")
    bob.press("2")
    assert conference.participants(ann.sid).update(muted="perhaps").muted is False  # type: ignore[arg-type]
    twilio.settle()
    assert last_callback(app)["StatusCallbackEvent"] == "participant-unmute"
    ann.press("3")
    assert (heard(ann)[-1], heard(bob)[1:]) == ("dtmf(2)", ["dtmf(3)"])


def test_a_participant_on_hold_hears_the_hold_url_only(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    ann, bob = join_two(twilio, app)
    app.on("/hold", '<Say>Hold</Say><Pause length="60"/>')
    participant = conference_named(client).participants(ann.sid)
    assert participant.update(hold=True, hold_url=app.url("/hold")).hold is True
    twilio.advance(5)
    bob.press("1")
    ann.press("2")
    assert (heard(ann)[-2:], heard(bob)) == (["say(Hold)", "silence(60)"], [f"bridge({ann.sid})"])
    assert (app.visit("/hold").method, last_callback(app)["StatusCallbackEvent"]) == (
        "GET",
        "participant-hold",
    )
    assert participant.update(hold=False).hold is False
    twilio.advance(100)
    bob.press("3")
    assert (heard(ann)[-1], last_callback(app)["StatusCallbackEvent"]) == ("dtmf(3)", "participant-unhold")
    participant.update(hold=True)
    cat = join_quietly(twilio, app)
    assert heard(ann)[-1] == "music"
    participant.update(hold=False)
    assert heard(ann)[-3:] == ["music", f"bridge({bob.sid})", f"bridge({cat.sid})"]


def test_a_failing_hold_url_is_silence(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, _ = join_two(twilio, app)
    app.on("/hold", Answer(status=500))
    conference_named(client).participants(ann.sid).update(hold=True, hold_url=app.url("/hold"))
    twilio.advance(60)
    assert (warning_codes(ann), ann.status) == ([11200], "in-progress")


def test_the_wait_url_is_changed_while_waiting(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(waiting_participants="shown")
    ann = join_quietly(twilio, app)
    app.on("/wait", "<Say>Soon</Say>")
    participant = conference_named(client).participants(ann.sid)
    participant.update(wait_url=app.url("/wait"), wait_method="GET")
    twilio.advance(5)
    participant.update(wait_url="")
    twilio.advance(5)
    assert (heard(ann), app.visit("/wait").method) == (["music", "say(Soon)"], "GET")


def test_exit_behavior_and_coaching_are_changed(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = join_two(twilio, app, 'participantLabel="bob.1 x"')
    conference = conference_named(client)
    changed = conference.participants("bob.1 x").update(end_conference_on_exit=True, beep_on_exit=True)
    twilio.settle()
    assert (changed.call_sid, changed.end_conference_on_exit) == (bob.sid, True)
    assert last_callback(app)["StatusCallbackEvent"] == "participant-modify"
    assert conference.participants(ann.sid).update(coaching=True, call_sid_to_coach=bob.sid).coaching is True
    assert [participant.call_sid for participant in conference.participants.list(coaching=True)] == [ann.sid]
    twilio.settle()
    assert last_callback(app)["CallSidToCoach"] == bob.sid
    bob.hangup()
    ann.hears("Out")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"coaching": True, "call_sid_to_coach": "CA" + "0" * 32}, 16028),
        ({"coaching": True}, 16028),
        ({"hold": True, "hold_url": "nonsense"}, 21205),
        ({"announce_url": "/relative"}, 21205),
        ({"announce_url": "http://x/", "announce_method": "PUT"}, 21209),
    ],
)
def test_an_invalid_participant_update_changes_nothing(
    twilio: Emulator, app: ScriptedApp, client: Client, changes: dict[str, Any], code: int
) -> None:
    ann, _ = join_two(twilio, app)
    with pytest.raises(TwilioRestException) as error:
        conference_named(client).participants(ann.sid).update(muted=True, **changes)
    assert status_and_code(error) == (400, code)
    assert conference_named(client).participants(ann.sid).fetch().muted is False


def test_a_participant_on_hold_cannot_be_coached(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = join_two(twilio, app)
    conference = conference_named(client)
    conference.participants(bob.sid).update(hold=True)
    with pytest.raises(TwilioRestException) as error:
        conference.participants(ann.sid).update(coaching=True, call_sid_to_coach=bob.sid)
    assert status_and_code(error) == (400, 16027)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [("", None), ('endConferenceOnExit="true"', "participant-with-end-conference-on-exit-kicked")],
)
def test_a_deleted_participant_leaves_the_conference(
    twilio: Emulator, app: ScriptedApp, client: Client, attributes: str, reason: str | None
) -> None:
    ann, bob = join_two(twilio, app, attributes)
    conference = conference_named(client)
    assert conference.participants(bob.sid).delete()
    bob.hears("Out")
    assert conference.fetch().reason_conference_ended == reason
    assert ann.status == "in-progress"
    if reason is None:
        assert conference.participants(ann.sid).delete()
        assert conference.fetch().reason_conference_ended == "last-participant-kicked"
