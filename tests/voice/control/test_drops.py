"""What a command would cut off: the party who talks to the call, or its connection to an app."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.support.clients import PUBLIC_URL, Twilio, form, new_call_sid
from voice.calls import Call
from voice.conferences.labels import SUPERVISOR, label_for
from voice.control.base import CallCommand
from voice.control.drops import check_drops, last_destination
from voice.errors import WouldDrop
from voice.services import Services

CONNECT = "<Response><Connect><Stream url='wss://calls.example.com/x'/></Connect></Response>"
HELLO = "<Response><Say>Hello</Say></Response>"
CONFERENCE = "CF" + "1" * 32
SEQUENCE = itertools.count(1)


@pytest.fixture
def services(sqlite_app) -> Services:
    """The services of an app on SQLite."""
    return sqlite_app.extensions["midcall"]


@pytest.fixture
def twilio(sqlite_app) -> Twilio:
    """Twilio, as the sender of webhooks to that app."""
    return Twilio(sqlite_app.test_client(), PUBLIC_URL)


@pytest.fixture
def caller(twilio) -> str:
    """The CallSid of an answered caller."""
    call_sid = twilio.calls()
    twilio.status(call_sid, "in-progress")
    return call_sid


def dialed_by(twilio: Twilio, caller: str, number: str = "+14155550199") -> str:
    """The CallSid of a leg that a Dial connects to the caller."""
    leg = new_call_sid()
    twilio.status(leg, "in-progress", ParentCallSid=caller, Direction="outbound-dial", To=number)
    return leg


def join(twilio: Twilio, call_sid: str, label: str = "", **more: str) -> None:
    """Let the call join the conference, with this label."""
    fields = {"ConferenceSid": CONFERENCE, "FriendlyName": "sales", "StatusCallbackEvent": "participant-join"}
    fields |= {"SequenceNumber": next(SEQUENCE), "ParticipantLabel": label, **more}
    answer = twilio.post("/voice/conference", form(call_sid, **fields))
    assert answer.status_code == 204


def call_of(services: Services, call_sid: str) -> Call:
    """The call as the registry knows it."""
    return services.registry.calls.get(call_sid)


def command(services: Services, name: str, **arguments: Any) -> CallCommand:
    """A command with its arguments."""
    return services.commands[name](arguments, services)


def refusal(services: Services, call_sid: str, name: str, **arguments: Any) -> WouldDrop:
    """The error of a command that would cut something off."""
    with pytest.raises(WouldDrop) as refused:
        check_drops(services, command(services, name, **arguments), call_of(services, call_sid))
    return refused.value


def test_a_command_that_would_disconnect_the_other_party_is_refused_with_their_number(
    services, twilio, caller
):
    leg = dialed_by(twilio, caller)
    error = refusal(services, caller, "redirect", scene="menu")
    assert error.message.startswith(
        "+14155550199 would be disconnected. Turn the call into a conference first"
    )
    assert error.fields == [{"field": "even_if_dropping", "message": leg}]
    assert refusal(services, leg, "redirect", scene="menu").fields[0]["message"] == caller


def test_the_operator_can_accept_that_the_other_party_is_disconnected(services, twilio, caller):
    dialed_by(twilio, caller)
    for name, arguments in (("redirect", {"scene": "menu"}), ("twiml", {"twiml": HELLO})):
        accepted = command(services, name, **arguments, even_if_dropping=True)
        check_drops(services, accepted, call_of(services, caller))
        refusal(services, caller, name, **arguments, even_if_dropping=False)


def test_a_lone_caller_is_moved_without_a_question(services, twilio, caller):
    check_drops(services, command(services, "redirect", scene="menu"), call_of(services, caller))


def test_a_command_that_disconnects_on_purpose_is_not_refused(services, twilio, caller):
    dialed_by(twilio, caller)
    check_drops(services, command(services, "end"), call_of(services, caller))


def test_in_a_conference_the_last_partner_counts_and_supervisors_do_not(services, twilio, caller):
    agent, supervisor = twilio.calls(), twilio.calls()
    for call_sid in (caller, agent):
        join(twilio, call_sid)
    error = refusal(services, caller, "redirect", scene="menu")
    assert (error.fields[0]["message"], "Add a participant first" in error.message) == (agent, True)
    join(twilio, supervisor, label_for(SUPERVISOR, 7), Muted="true")
    assert len(refusal(services, caller, "redirect", scene="menu").fields) == 2
    join(twilio, twilio.calls())
    check_drops(services, command(services, "redirect", scene="menu"), call_of(services, caller))


def record(services: Services, call_sid: str, name: str, state: str = "accepted", **arguments: Any) -> None:
    """Record a command of the call in this state."""
    commands = services.registry.commands
    requested = commands.request(name, arguments, "ann", call_sid, None, "", "visit").record
    commands.settle(requested, state, final=state != "accepted")


def test_an_interruption_of_a_connection_to_an_app_is_refused(services, twilio, caller):
    record(services, caller, "twiml", twiml=CONNECT)
    say = command(services, "say", text="Hello")
    with pytest.raises(WouldDrop, match="<Connect>"):
        check_drops(services, say, call_of(services, caller))
    check_drops(
        services, command(services, "say", text="Hello", even_if_dropping=True), call_of(services, caller)
    )


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("twiml", {"twiml": HELLO}), ("redirect", {"scene": "menu"}), ("redirect", {"url": "x"})],
)
def test_a_connection_that_was_replaced_is_over(services, twilio, caller, name, arguments):
    record(services, caller, "twiml", twiml=CONNECT)
    record(services, caller, name, **arguments)
    check_drops(services, command(services, "say", text="Hello"), call_of(services, caller))


def test_the_last_destination_is_that_of_the_newest_command_that_was_not_refused(services, twilio, caller):
    call = call_of(services, caller)
    assert last_destination(services, call) is None
    record(services, caller, "redirect", scene="menu")
    record(services, caller, "redirect", scene="goodbye")
    assert last_destination(services, call).scene == "goodbye"
    record(services, caller, "twiml", "refused", twiml=CONNECT)
    record(services, caller, "say", text="Hello")
    record(services, caller, "gone_by_now")
    assert last_destination(services, call).scene == "goodbye"
    record(services, caller, "twiml", "unconfirmed", twiml=HELLO)
    assert last_destination(services, call).twiml == HELLO
