"""`flask calls` lists and shows calls, and runs every command of the catalogue."""

from __future__ import annotations

import re

import pytest

from tests.support.clients import NUMBER, new_call_sid
from tests.support.command_line import error_of, output_of, usage_error_of


def test_calls_are_listed_newest_first(app, twilio):
    assert output_of(app, "calls", "list") == "No calls.\n"
    first, second = twilio.calls(), twilio.calls()
    twilio.status(first, "completed", CallDuration=7)
    lines = output_of(app, "calls", "list").splitlines()
    assert [line.split()[0] for line in lines] == [second, first]
    assert re.search(r"completed\s+7s\s+\+14155551234 -> \+14155550100", lines[1])
    assert output_of(app, "calls", "list", "--status", "live").split()[0] == second
    assert output_of(app, "calls", "list", "--status", "ended", "--status", "busy").split()[0] == first
    assert len(output_of(app, "calls", "list", "--limit", "1").splitlines()) == 1


@pytest.mark.parametrize(
    "option", [("--limit", "0"), ("--limit", "-5"), ("--limit", "x"), ("--status", "meditating")]
)
def test_options_of_the_list_are_checked(app, twilio, option):
    twilio.calls()
    usage_error_of(app, "calls", "list", *option)


def test_a_call_is_shown_with_its_events(app, twilio):
    call_sid = twilio.calls()
    twilio.scene(call_sid, "menu", SpeechResult="Grüße")
    lines = output_of(app, "calls", "show", call_sid).splitlines()
    assert lines[0].startswith(call_sid)
    assert [line.split()[3] for line in lines[1:]] == ["webhook.incoming", "webhook.scene"]
    assert "Grüße" in lines[2]


def test_an_unknown_call_is_reported(app):
    assert "no call" in error_of(app, "calls", "show", new_call_sid())
    assert "no call" in error_of(app, "calls", "end", "CA123")


OPTIONS = {
    "end": [],
    "redirect": ["--scene", "announcement", "--params", "text=Hello = you"],
    "twiml": ["--twiml", "<Response><Say>Hi</Say></Response>"],
}


@pytest.mark.parametrize("command", sorted(OPTIONS))
def test_a_command_reports_that_twilio_cannot_be_reached(app, twilio, registry, command):
    call_sid = twilio.calls()
    assert "Twilio could not be reached" in error_of(app, "calls", command, call_sid, *OPTIONS[command])
    (record,) = registry.commands.of_call(call_sid)
    assert (record.command, record.state) == (command, "refused")
    assert record.operator.startswith("cli:")
    if command == "redirect":
        assert record.arguments == {"scene": "announcement", "params": {"text": "Hello = you"}}


def test_a_dial_reports_that_twilio_cannot_be_reached(app, registry):
    message = error_of(app, "calls", "dial", "--to", "+14155551234", "--from", NUMBER, "--scene", "greeting")
    assert "Twilio could not be reached" in message
    (event, *_) = registry.events.after(0)
    assert event.details["arguments"] == {"to": "+14155551234", "from": NUMBER, "scene": "greeting"}


def test_a_command_for_an_ended_call_says_that_the_call_has_ended(app, twilio):
    call_sid = twilio.calls()
    twilio.status(call_sid, "completed")
    output = output_of(app, "calls", "end", call_sid)
    assert re.fullmatch(rf"#\d+ end {call_sid} confirmed: .*already ended\.\n", output)
    assert "has ended" in error_of(app, "calls", "redirect", call_sid, "--scene", "menu")


def test_arguments_of_a_command_are_checked(app, twilio):
    redirect = ("calls", "redirect", twilio.calls())
    assert "no scene 'nowhere'" in error_of(app, *redirect, "--scene", "nowhere")
    assert "params.colour" in error_of(app, *redirect, "--scene", "menu", "--params", "colour=red")
    assert "ALLOWED_REDIRECT_HOSTS" in error_of(app, *redirect, "--url", "https://elsewhere.example/")
    assert "NAME=VALUE, not 'text'" in usage_error_of(app, *redirect, "--params", "text")
    twiml = ("calls", "twiml", twilio.calls())
    assert "Line 1" in error_of(app, *twiml, "--twiml", "<Response><Dance/></Response>")
    usage_error_of(app, *twiml)


def test_the_help_of_a_command_shows_its_title_and_an_option_for_each_argument(app):
    for name, kind in app.extensions["midcall"].commands.items():
        page = output_of(app, "calls", name, "--help")
        assert kind.title in page
        for field, about in kind.Arguments.model_fields.items():
            assert f"--{(about.alias or field).replace('_', '-')}" in page
