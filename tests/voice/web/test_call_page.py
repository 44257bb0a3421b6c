"""One call's page: what it shows, what it offers to whom, and that it works without JavaScript."""

from __future__ import annotations

import re

import pytest

from tests.support.clients import new_call_sid
from tests.support.console_visitor import Browser
from voice.control.base import call_commands
from voice.events import NewEvent
from voice.twilio.recordings import TwilioRecordings

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def bob(app, people) -> Browser:
    """An operator's browser."""
    browser = Browser(app)
    browser.sign_in("operator")
    return browser


def words_of(page: str) -> str:
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def buttons(page: str) -> set[str]:
    """The commands whose forms are linked."""
    return set(re.findall(r'/console/calls/CA[0-9a-f]{32}/(\w+)"', page))


def asked(registry, call_sid: str, name: str, state: str, message: str | None = None, **arguments):
    """A command as the runner would have left it."""
    record = registry.commands.request(name, arguments, "operator", call_sid, None, "f").record
    return registry.commands.settle(record, state, message)


def test_every_command_is_offered_in_its_group_while_the_call_is_live(bob, twilio, services):
    sid = twilio.calls()
    page = bob.get(f"/console/calls/{sid}").text
    kinds = call_commands(services.commands)
    expected = {name for name, kind in kinds.items() if not kind.needs_conference}
    assert buttons(page) == expected - {"resume", "take"}
    assert re.findall(r"<h3>(\w+)</h3>", page)[:2] == ["Talk", "Redirect"]
    assert page.index("Say a message") < page.index("All commands")


def test_of_hold_and_its_end_the_one_that_makes_sense_is_offered(bob, twilio):
    sid = twilio.calls()
    twilio.scene(sid, "hold")
    page = bob.get(f"/console/calls/{sid}").text
    assert "resume" in buttons(page)
    assert "hold" not in buttons(page)
    assert 'class="state unsure">On hold' in page
    twilio.scene(sid, "parked")
    assert {"take", "resume", "hold"} <= buttons(bob.get(f"/console/calls/{sid}").text)


def test_what_needs_a_room_is_offered_in_a_room(bob, twilio, registry):
    sid = twilio.calls()
    twilio.post("/voice/conference", joined(sid))
    page = bob.get(f"/console/calls/{sid}").text
    assert {"mute", "kick", "leave"} <= buttons(page)
    assert "Room tea" in words_of(page)


def joined(call_sid: str) -> dict[str, str]:
    return {
        "ConferenceSid": "CF" + "1" * 32, "CallSid": call_sid, "StatusCallbackEvent": "participant-join",
        "FriendlyName": "tea", "SequenceNumber": "1", "Muted": "false", "Hold": "false",
    }  # fmt: skip


def test_nothing_is_offered_once_the_call_has_ended_nor_to_a_viewer(app, people, bob, twilio):
    sid = twilio.calls()
    viewer = Browser(app)
    viewer.sign_in("viewer")
    assert buttons(viewer.get(f"/console/calls/{sid}").text) == set()
    twilio.status(sid, "completed", CallDuration="65")
    page = bob.get(f"/console/calls/{sid}").text
    assert buttons(page) == set()
    assert "Completed 1:05" in words_of(page)


def test_the_place_with_its_parameters_in_the_words_of_the_scene(bob, twilio):
    sid = twilio.calls()
    twilio.scene(sid, "announcement?text=Tea+is+ready")
    shown = words_of(bob.get(f"/console/calls/{sid}").text)
    assert "Announcement for" in shown
    assert "Message Tea is ready" in shown
    twilio.scene(sid, "hold?back=scenes/menu")
    assert "Afterwards back to Menu" in words_of(bob.get(f"/console/calls/{sid}").text)


def test_the_story_has_commands_with_what_became_of_them(bob, twilio, registry):
    sid = twilio.calls()
    asked(registry, sid, "redirect", "refused", "no such luck", scene="announcement", params={"text": "Tea"})
    twilio.scene(sid, "menu", Digits="7")
    shown = words_of(bob.get(f"/console/calls/{sid}").text)
    story = shown[shown.index("What happened") :]
    assert "Redirect refused operator Scene Announcement Message Tea No such luck" in story
    assert "Keyed 7" in story
    assert story.index("Keyed 7") < story.index("Redirect refused") < story.index("Call came in")


def test_a_long_story_is_shown_whole_when_it_is_asked_for(bob, twilio, registry):
    sid = twilio.calls()
    for number in range(120):
        registry.events.record(NewEvent(f"tick.number{number:03}", "worker", sid))
    page = bob.get(f"/console/calls/{sid}")
    assert "21 more" in page.text
    assert "number119" in page.text
    assert "number000" not in page.text
    assert "number000" in bob.get(f"/console/calls/{sid}?all=1").text


def test_what_callers_send_stays_text(bob, twilio):
    sid = twilio.calls(From=EVIL, CallerName=EVIL)
    twilio.scene(sid, "choice", SpeechResult=EVIL)
    page = bob.get(f"/console/calls/{sid}").text
    assert EVIL not in page
    assert page.count("&lt;img") >= 3


def test_twilio_is_asked_only_on_demand_and_its_silence_is_told(bob, twilio):
    sid = twilio.calls()
    assert "alert-wrong" not in bob.get(f"/console/calls/{sid}").text
    page = bob.get(f"/console/calls/{sid}?twilio=1&recordings=1")
    assert page.status_code == 200
    assert page.text.count('class="alert-wrong"') == 2


def test_recordings_can_be_played_by_who_may_hear_them(app, people, bob, twilio, monkeypatch):
    found = {
        "sid": "RE" + "1" * 32,
        "status": "completed",
        "duration": "7",
        "start_time": None,
        "date_created": None,
    }
    monkeypatch.setattr(TwilioRecordings, "of_call", lambda self, call_sid: [found])
    sid, viewer = twilio.calls(), Browser(app)
    viewer.sign_in("viewer")
    sound = f'src="/admin/recordings/{found["sid"]}/media"'
    assert sound in bob.get(f"/console/calls/{sid}?recordings=1").text
    assert sound not in viewer.get(f"/console/calls/{sid}?recordings=1").text


def test_a_call_that_nobody_knows(bob):
    assert bob.get(f"/console/calls/{new_call_sid()}").status_code == 404


def test_twiml_is_tried_out_and_nothing_of_it_is_done(app, people):
    viewer = Browser(app)
    viewer.sign_in("viewer")
    page = viewer.post(
        "/console/twiml", {"twiml": "<Response>\n<Sayy>Hi</Sayy>\n<Say>Tea</Say></Response>"}
    ).text
    assert 'data-line="2" data-column="1"' in page
    assert "Did you mean &lt;Say&gt;?" in page
    assert "hears “Tea”" in page
    assert "Twilio can be given this" in viewer.get("/console/twiml").text


def test_findings_stand_at_their_lines_in_the_form_that_was_refused(bob, twilio):
    sid = twilio.calls()
    page = bob.post(f"/console/calls/{sid}/twiml", {"twiml": "<Response>\n\n<Sya/></Response>"})
    assert page.status_code == 422
    assert 'data-line="3" data-column="1"' in page.text


def test_who_would_be_hung_up_on_is_told_before_and_the_word_asked_for_only_then(bob, twilio):
    sid, leg = twilio.calls(), new_call_sid()
    twilio.scene(sid, "transfer")
    alone = bob.get(f"/console/calls/{sid}/redirect").text
    more = {"ParentCallSid": sid, "To": "+14155550199", "Direction": "outbound-dial"}
    twilio.status(leg, "in-progress", **more)
    together = bob.get(f"/console/calls/{sid}/redirect").text
    assert ("would be hung up on" in alone, "even_if_dropping" in alone) == (False, False)
    assert "+14155550199 would be hung up on" in words_of(together)
    assert together.index('name="scene"') < together.index('name="even_if_dropping"')
    assert "even_if_dropping" not in bob.get(f"/console/calls/{sid}/say").text
    refused = bob.post(f"/console/calls/{sid}/redirect", {"scene": "menu"})
    assert (refused.status_code, "tick this if that is meant" in refused.text) == (409, True)
    assert "+14155550199 talks to this call" in words_of(bob.get(f"/console/calls/{sid}").text)
