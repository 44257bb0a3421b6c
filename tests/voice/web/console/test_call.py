"""The page of one call, without JavaScript: its state, its commands, and its timeline."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.clients import new_call_sid
from tests.support.console_visitor import text_of
from voice.control.base import call_commands
from voice.events import NewEvent
from voice.twilio.recordings import TwilioRecordings

EVIL = "<img src=x onerror=alert(1)>"
AGENT = "+14155550199"


def command_links(page: str) -> set[str]:
    """The commands whose forms the page links."""
    return set(re.findall(r'/console/calls/CA[0-9a-f]{32}/(\w+)"', page))


def finished_command(registry, call_sid: str, name: str, state: str, message: str | None = None, **arguments):
    """A command in a final state, as the runner leaves it."""
    record = registry.commands.request(name, arguments, "operator", call_sid, None, "f").record
    return registry.commands.settle(record, state, message)


def joined_conference(call_sid: str, name: str = "tea") -> dict[str, str]:
    """The webhook of a participant who joined a conference."""
    return {
        "ConferenceSid": "CF" + "1" * 32, "CallSid": call_sid, "StatusCallbackEvent": "participant-join",
        "FriendlyName": name, "SequenceNumber": "1", "Muted": "false", "Hold": "false",
    }  # fmt: skip


def agent_leg(twilio, call_sid: str) -> str:
    """The leg of an agent who talks to the call."""
    leg = new_call_sid()
    more = {"ParentCallSid": call_sid, "To": AGENT, "Direction": "outbound-dial"}
    twilio.status(leg, "in-progress", **more)
    return leg


def timeline_of(page: str) -> str:
    text = text_of(page)
    return text[text.index("Timeline") :]


# Commands


def test_a_live_call_offers_its_available_commands_by_group(operator_browser, twilio, services):
    sid = twilio.calls()
    page = operator_browser.get(f"/console/calls/{sid}").text
    kinds = call_commands(services.commands)
    expected = {name for name, kind in kinds.items() if not kind.needs_conference}
    assert command_links(page) == expected - {"resume", "take", "message"}
    assert re.findall(r"<h3>(\w+)</h3>", page)[:2] == ["Talk", "Redirect"]
    assert page.index("Say a message") < page.index("All commands")


def test_the_call_of_a_client_offers_to_send_a_message(operator_browser, twilio):
    sid = twilio.calls(From="client:ann")
    assert "message" in command_links(operator_browser.get(f"/console/calls/{sid}").text)


def test_a_call_on_hold_offers_resume_instead_of_hold(operator_browser, twilio):
    sid = twilio.calls()
    twilio.scene(sid, "hold")
    page = operator_browser.get(f"/console/calls/{sid}").text
    assert "resume" in command_links(page)
    assert "hold" not in command_links(page)
    assert 'class="state unsure">On hold' in page
    twilio.scene(sid, "parked")
    assert {"take", "resume", "hold"} <= command_links(operator_browser.get(f"/console/calls/{sid}").text)


def test_a_call_in_a_conference_offers_the_commands_of_participants(operator_browser, twilio):
    sid = twilio.calls()
    twilio.post("/voice/conference", joined_conference(sid))
    page = operator_browser.get(f"/console/calls/{sid}").text
    assert {"mute", "kick", "leave"} <= command_links(page)
    assert "Conference tea" in text_of(page)


def test_a_command_outside_a_conference_is_refused_with_a_button_to_start_one(operator_browser, twilio):
    sid = twilio.calls()
    page = operator_browser.post(f"/console/calls/{sid}/mute")
    assert page.status_code == 409
    assert "Start a conference first." in text_of(page.text)
    assert command_links(page.text) >= {"conference"}
    assert "conference" not in command_links(operator_browser.get(f"/console/calls/{sid}/mute").text)


def test_an_ended_call_and_a_viewer_get_no_commands(operator_browser, viewer_browser, twilio):
    sid = twilio.calls()
    page = viewer_browser.get(f"/console/calls/{sid}").text
    assert command_links(page) == set()
    assert "Read-only. Ask an admin for operator access." in text_of(page)
    twilio.status(sid, "completed", CallDuration="65")
    page = operator_browser.get(f"/console/calls/{sid}").text
    assert command_links(page) == set()
    assert "Completed 1:05" in text_of(page)
    assert "The call has ended. No commands are available." in text_of(page)


def test_a_command_that_disconnects_a_party_asks_for_consent(operator_browser, twilio):
    sid = twilio.calls()
    twilio.scene(sid, "transfer")
    alone = operator_browser.get(f"/console/calls/{sid}/redirect").text
    agent_leg(twilio, sid)
    together = operator_browser.get(f"/console/calls/{sid}/redirect").text
    assert ("Will be disconnected" in alone, "even_if_dropping" in alone) == (False, False)
    assert f"Will be disconnected: {AGENT}" in text_of(together)
    assert together.index('name="scene"') < together.index('name="even_if_dropping"')
    assert "even_if_dropping" not in operator_browser.get(f"/console/calls/{sid}/say").text
    refused = operator_browser.post(f"/console/calls/{sid}/redirect", {"scene": "menu"})
    assert refused.status_code == 409
    assert "Select this to disconnect the other party" in refused.text
    page = text_of(operator_browser.get(f"/console/calls/{sid}").text)
    assert f"Will be disconnected if this call is moved: {AGENT}" in page


def test_a_caller_who_would_be_disconnected_is_shown_by_their_own_number(operator_browser, twilio):
    caller = twilio.calls(From="+14155550123")
    twilio.scene(caller, "transfer")
    leg = agent_leg(twilio, caller)
    form = text_of(operator_browser.get(f"/console/calls/{leg}/redirect").text)
    assert "Will be disconnected: +14155550123" in form
    page = text_of(operator_browser.get(f"/console/calls/{leg}").text)
    assert "Will be disconnected if this call is moved: +14155550123" in page


def test_only_a_field_without_a_default_is_marked_as_optional(operator_browser, twilio):
    page = text_of(operator_browser.get(f"/console/calls/{twilio.calls()}/transfer").text)
    assert "Introduction for the colleague optional" in page
    assert "Ring for (seconds) optional" not in page
    assert "If no one answers optional" not in page


def test_the_transfer_form_brings_an_unanswered_caller_back_by_default(operator_browser, twilio):
    page = operator_browser.get(f"/console/calls/{twilio.calls()}/transfer").text
    assert '<option value="back" selected>Previous scene</option>' in page


@pytest.mark.parametrize(
    ("command", "fields", "problem"),
    [
        ("transfer", {"to": "415 555 0199"}, "Enter a number like +1 415 555 0199."),
        ("say", {"text": ""}, "Fill in this field."),
        ("monitor", {}, "Enter the phone to ring."),
    ],
)
def test_a_refused_form_tells_what_to_enter(operator_browser, twilio, command, fields, problem):
    page = operator_browser.post(f"/console/calls/{twilio.calls()}/{command}", fields)
    assert page.status_code == 422
    assert problem in text_of(page.text)


# Place and timeline


def test_the_place_shows_its_scene_with_parameters(operator_browser, twilio):
    sid = twilio.calls()
    twilio.scene(sid, "announcement?text=Tea+is+ready")
    page = text_of(operator_browser.get(f"/console/calls/{sid}").text)
    assert "Announcement for" in page
    assert "Message Tea is ready" in page
    twilio.scene(sid, "hold?back=scenes/menu")
    assert "Then back to Menu" in text_of(operator_browser.get(f"/console/calls/{sid}").text)


def test_a_conference_without_a_chosen_name_is_shown_without_its_name(operator_browser, twilio):
    sid = twilio.calls()
    twilio.scene(sid, f"room?name=room-{sid}")
    twilio.post("/voice/conference", {**joined_conference(sid, f"room-{sid}"), "Hold": "true"})
    page = text_of(operator_browser.get(f"/console/calls/{sid}").text)
    assert f"Conference room-{sid}" not in page
    assert "Conference, on hold" in page
    assert "Joined conference Twilio" in page


def test_an_ended_call_shows_where_it_ended(operator_browser, twilio):
    sid = twilio.calls()
    twilio.scene(sid, "menu")
    twilio.status(sid, "completed")
    assert "Ended in Menu" in text_of(operator_browser.get(f"/console/calls/{sid}").text)


def test_the_timeline_shows_commands_with_their_results(operator_browser, twilio, registry):
    sid = twilio.calls()
    finished_command(
        registry, sid, "redirect", "refused", "no such luck", scene="announcement", params={"text": "Tea"}
    )
    twilio.scene(sid, "menu", Digits="7")
    timeline = timeline_of(operator_browser.get(f"/console/calls/{sid}").text)
    assert "Redirect refused operator Scene Announcement Message Tea No such luck." in timeline
    assert "Entered Menu Twilio Pressed 7" in timeline
    pressed, refused, came_in = map(timeline.index, ("Pressed 7", "Redirect refused", "Incoming call"))
    assert pressed < refused < came_in


def test_the_timeline_shows_what_a_command_played(operator_browser, twilio, registry):
    sid = twilio.calls()
    say = finished_command(registry, sid, "say", "confirmed", text="Tea is ready")
    twilio.scene(sid, f"interlude?command={say.id}&text=Tea+is+ready")
    assert "Message played: “Tea is ready”" in timeline_of(operator_browser.get(f"/console/calls/{sid}").text)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"DialCallStatus": "completed"}, "Transfer: answered"),
        ({"Digits": "hangup"}, "Caller hung up"),
        ({"RecordingDuration": "39"}, "Recording, 0:39"),
        ({"QueueResult": "bridged"}, "Queue: connected"),
    ],
)
def test_the_timeline_shows_input_and_results_in_words(operator_browser, twilio, fields, shown):
    sid = twilio.calls()
    twilio.scene(sid, "menu", **fields)
    page = operator_browser.get(f"/console/calls/{sid}").text
    assert shown in timeline_of(page)
    assert '<dt class="visually-hidden">Event</dt>' in page


def test_the_timeline_shows_a_recording_with_its_length(operator_browser, twilio):
    sid = twilio.calls()
    done = {"RecordingSid": "RE" + "1" * 32, "RecordingStatus": "completed", "RecordingDuration": "39"}
    twilio.post("/voice/recording", {"CallSid": sid, **done})
    page = operator_browser.get(f"/console/calls/{sid}").text
    assert "Recording, 0:39" in timeline_of(page)
    assert f'src="/admin/recordings/{done["RecordingSid"]}/media"' in page


@pytest.mark.parametrize(
    ("track", "on_call", "on_leg"),
    [("inbound_track", "Caller", "Agent"), ("outbound_track", "Agent", "Caller")],
)
def test_the_timeline_shows_who_said_what(operator_browser, twilio, track, on_call, on_leg):
    sid = twilio.calls()
    leg = agent_leg(twilio, sid)
    for call_sid, speaker in ((sid, on_call), (leg, on_leg)):
        said = {"TranscriptionEvent": "transcription-content", "Track": track}
        said["TranscriptionData"] = json.dumps({"transcript": "I need help", "confidence": 0.9})
        twilio.post("/voice/fork", {"CallSid": call_sid, **said})
        page = operator_browser.get(f"/console/calls/{call_sid}").text
        assert f"{speaker}: “I need help”" in timeline_of(page)


def test_the_timeline_names_forks_and_what_happened_to_them(operator_browser, twilio):
    sid = twilio.calls()
    for fields in ({"StreamEvent": "stream-started"}, {"SiprecEvent": "siprec-error", "SiprecError": "no"}):
        twilio.post("/voice/fork", {"CallSid": sid, **fields})
    timeline = timeline_of(operator_browser.get(f"/console/calls/{sid}").text)
    assert "Stream started" in timeline
    assert "SIPREC session failed" in timeline


def test_a_long_timeline_is_shown_whole_on_request(operator_browser, twilio, registry):
    sid = twilio.calls()
    for number in range(120):
        registry.events.record(NewEvent(f"tick.number{number:03}", "worker", sid))
    page = operator_browser.get(f"/console/calls/{sid}")
    assert "Show 21 more" in page.text
    assert "number119" in page.text
    assert "number000" not in page.text
    assert "number000" in operator_browser.get(f"/console/calls/{sid}?all=1").text


def test_text_of_callers_is_escaped(operator_browser, twilio):
    sid = twilio.calls(From=EVIL, CallerName=EVIL)
    twilio.scene(sid, "choice", SpeechResult=EVIL)
    page = operator_browser.get(f"/console/calls/{sid}").text
    assert EVIL not in page
    assert page.count("&lt;img") >= 3


# Twilio's answers


def test_twilio_is_asked_only_on_request_and_its_errors_stay_in_their_sections(operator_browser, twilio):
    sid = twilio.calls()
    assert 'class="problem"' not in operator_browser.get(f"/console/calls/{sid}").text
    page = operator_browser.get(f"/console/calls/{sid}?twilio=1&recordings=1")
    assert page.status_code == 200
    assert page.text.count('class="problem"') == 2


def test_operators_can_play_recordings_and_viewers_cannot(
    operator_browser, viewer_browser, twilio, monkeypatch
):
    found = {
        "sid": "RE" + "1" * 32, "status": "completed", "duration": "7", "start_time": None, "date_created": None,
    }  # fmt: skip
    monkeypatch.setattr(TwilioRecordings, "of_call", lambda self, call_sid: [found])
    sid, audio = twilio.calls(), f'src="/admin/recordings/{found["sid"]}/media"'
    assert audio in operator_browser.get(f"/console/calls/{sid}?recordings=1").text
    assert audio not in viewer_browser.get(f"/console/calls/{sid}?recordings=1").text


def test_an_unknown_call_is_not_found(operator_browser):
    assert operator_browser.get(f"/console/calls/{new_call_sid()}").status_code == 404


# TwiML


def test_the_twiml_check_shows_errors_and_steps(viewer_browser):
    page = viewer_browser.post(
        "/console/twiml", {"twiml": "<Response>\n<Sayy>Hi</Sayy>\n<Say>Tea</Say></Response>"}
    ).text
    assert "1 error" in text_of(page)
    assert 'data-line="2" data-column="1"' in page
    assert "Did you mean &lt;Say&gt;?" in page
    assert "“Tea”" in page
    assert "Valid TwiML" in viewer_browser.get("/console/twiml").text


def test_a_refused_document_shows_its_errors_by_line(operator_browser, twilio):
    sid = twilio.calls()
    page = operator_browser.post(f"/console/calls/{sid}/twiml", {"twiml": "<Response>\n\n<Sya/></Response>"})
    assert page.status_code == 422
    assert 'data-line="3" data-column="1"' in page.text
