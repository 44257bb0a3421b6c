"""Status callbacks of a conference."""

from __future__ import annotations

from midcall_emulator.client import Emulator
from tests.support.call_log import warning_codes
from tests.support.conference_calls import ALL_EVENTS, conference_callbacks, conference_document, join
from tests.support.scripted_app import ScriptedApp


def event_names(app: ScriptedApp) -> list[str]:
    return [params["StatusCallbackEvent"] for params in conference_callbacks(app)]


def test_status_callbacks_report_every_event_in_order(twilio: Emulator, app: ScriptedApp) -> None:
    first = f'statusCallback="/conference" statusCallbackEvent="{ALL_EVENTS}" participantLabel="ann"'
    ann = join(twilio, app, conference_document(first))
    bob = join(
        twilio,
        app,
        conference_document('statusCallback="/other" statusCallbackEvent="join" endConferenceOnExit="true"'),
    )
    bob.speak("Hello", 2)
    twilio.advance(10)
    bob.hangup()
    twilio.settle()
    assert event_names(app) == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-speech-start",
        "participant-speech-stop",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]
    assert [params["SequenceNumber"] for params in conference_callbacks(app)] == [str(n) for n in range(1, 9)]
    assert "POST /other" not in app.paths()
    joined, start, end = (
        conference_callbacks(app)[0],
        conference_callbacks(app)[2],
        conference_callbacks(app)[-1],
    )
    assert (joined["CallSid"], joined["ParticipantLabel"], joined["FriendlyName"]) == (
        ann.sid,
        "ann",
        "sales",
    )
    assert [joined[name] for name in ("Muted", "Hold", "Coaching", "EndConferenceOnExit")] == ["false"] * 4
    assert joined["StartConferenceOnEnter"] == "true"
    assert "CallSid" not in start
    assert {"ConferenceSid", "AccountSid", "Timestamp"} <= start.keys()
    assert [params["ReasonParticipantLeft"] for params in conference_callbacks(app)[5:7]] == [
        "participant_hung_up",
        "moderator_ended_conference",
    ]
    assert (end["CallSidEndingConference"], end["ReasonConferenceEnded"]) == (
        bob.sid,
        "participant-with-end-conference-on-exit-left",
    )


def test_status_callbacks_are_limited_to_chosen_events_and_may_count_from_zero(
    twilio: Emulator, app: ScriptedApp
) -> None:
    twilio.switches(conference_first_sequence_number=0)
    ann = join(
        twilio,
        app,
        conference_document(
            'statusCallback="/conference" statusCallbackEvent="join end" statusCallbackMethod="GET"'
        ),
    )
    ann.hangup()
    twilio.settle()
    assert event_names(app) == ["participant-join", "conference-end"]
    assert [params["SequenceNumber"] for params in conference_callbacks(app)] == ["0", "1"]
    assert conference_callbacks(app)[-1]["ReasonConferenceEnded"] == "last-participant-left"
    assert app.visit("/conference").method == "GET"


def test_an_unknown_status_callback_event_is_a_warning_and_sends_nothing(
    twilio: Emulator, app: ScriptedApp
) -> None:
    ann = join(twilio, app, conference_document('statusCallback="/conference" statusCallbackEvent="begin"'))
    ann.hangup()
    twilio.settle()
    assert (warning_codes(ann), conference_callbacks(app)) == ([16002], [])


def test_a_completed_conference_frees_its_name(twilio: Emulator, app: ScriptedApp) -> None:
    callback = conference_document('statusCallback="/conference" statusCallbackEvent="join"')
    join(twilio, app, callback).hangup()
    join(twilio, app, callback)
    first, second = conference_callbacks(app)
    assert first["ConferenceSid"] != second["ConferenceSid"]
    assert second["SequenceNumber"] == "1"
