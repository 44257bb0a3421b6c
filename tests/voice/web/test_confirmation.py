"""A visit confirms the command that led to it and no other; late webhooks do not move a call."""

from __future__ import annotations

import pytest

from tests.support.clients import ACCOUNT, new_call_sid
from voice.conferences.labels import GUEST, label_for
from voice.registry.command_legs import UNDIALED_LEG


def requested(registry, call_sid, name="redirect", proof="visit"):
    return registry.commands.request(name, {}, "ann", call_sid, None, "", proof).record


def test_a_visit_confirms_its_command_and_the_next_urls_carry_it_on(twilio, registry):
    call_sid = twilio.calls()
    command = requested(registry, call_sid)
    document = twilio.scene(call_sid, f"voicemail?command={command.id}")
    assert f"voicemail_saved?visit=2&amp;command={command.id}" in document
    assert registry.commands.get(command.id).state == "confirmed"
    assert registry.calls.get(call_sid).scene == "voicemail"


def test_a_late_webhook_of_an_interrupted_scene_does_not_move_the_call(twilio, registry):
    call_sid = twilio.calls()
    first, second = requested(registry, call_sid), requested(registry, call_sid)
    twilio.scene(call_sid, f"voicemail?command={second.id}")
    for late in ("transfer_outcome", f"menu?command={first.id}"):
        twilio.scene(call_sid, late)
        assert registry.calls.get(call_sid).scene == "voicemail"
    twilio.scene(call_sid, f"goodbye?command={second.id}")
    assert registry.calls.get(call_sid).scene == "goodbye"


@pytest.mark.parametrize("number", ["999999", "-1", "x", "9" * 30])
def test_an_id_that_is_not_a_command_of_the_call_is_ignored(twilio, registry, number):
    theirs = requested(registry, twilio.calls())
    call_sid = twilio.calls()
    for command in (number, theirs.id):
        twilio.scene(call_sid, f"voicemail?command={command}")
    assert registry.commands.get(theirs.id).state == "requested"
    twilio.scene(call_sid, "menu")
    assert registry.calls.get(call_sid).scene == "menu"


def test_the_first_callback_of_a_dialed_call_links_it_to_its_command(twilio, registry):
    command = requested(registry, None, "dial")
    call_sid = new_call_sid()
    twilio.status(call_sid, "initiated", path=f"/voice/status?command={command.id}")
    assert (registry.commands.get(command.id).state, registry.commands.get(command.id).call_sid) == (
        "confirmed",
        call_sid,
    )


def test_the_end_of_a_call_settles_each_command_by_its_proof(twilio, registry):
    call_sid = twilio.calls()
    proofs = ("end", "visit", "none", "log")
    commands = {proof: requested(registry, call_sid, f"with_{proof}", proof) for proof in proofs}
    for command in commands.values():
        registry.commands.settle(command, "accepted", final=False)
    twilio.status(call_sid, "completed")
    states = {proof: registry.commands.get(command.id).state for proof, command in commands.items()}
    assert states == {"end": "confirmed", "visit": "unconfirmed", "none": "accepted", "log": "accepted"}
    message = registry.commands.get(commands["visit"].id).message
    assert message == "The call ended before the caller got there."


def test_a_late_settlement_does_not_move_a_state_backward(twilio, registry):
    call_sid = twilio.calls()
    command = requested(registry, call_sid)
    twilio.scene(call_sid, f"menu?command={command.id}")
    for late in ("accepted", "refused", "unconfirmed"):
        assert registry.commands.settle(command, late).state == "confirmed"
    ids = [event.id for event in registry.events.after(0)]
    assert ids == list(range(1, len(ids) + 1)) == list(range(1, registry.events.last_id() + 1))


def test_a_late_acceptance_does_not_reopen_a_failed_command(twilio, registry):
    command = requested(registry, twilio.calls(), "announce")
    registry.commands.settle(command, "unconfirmed", "the announcement failed")
    noted = registry.commands.settle(command, "accepted", final=False)
    assert (noted.state, noted.message) == ("unconfirmed", "the announcement failed")
    unsure = requested(registry, twilio.calls(), "redirect")
    registry.commands.settle(unsure, "unconfirmed", "Twilio did not answer", final=False)
    assert registry.commands.settle(unsure, "accepted", final=False).state == "accepted"


def test_events_and_commands_of_a_call_are_read_at_one_moment(admin, twilio, registry, monkeypatch):
    """If an event is recorded between the reads, the call is read again."""
    call_sid = twilio.calls()
    requested(registry, call_sid)
    of_call = registry.commands.of_call

    def settled_between_the_reads(sid):
        found = of_call(sid)
        if found[0].state == "requested":
            registry.commands.settle(found[0], "unconfirmed", "because")
        return found

    monkeypatch.setattr(registry.commands, "of_call", settled_between_the_reads)
    shown = admin.get(f"/calls/{call_sid}").json
    assert shown["commands"][0]["state"] == "unconfirmed"
    assert shown["events"][-1]["kind"] == "command.unconfirmed"


def join(twilio, call_sid, command):
    """Report that the participant that the command dialed has joined a conference."""
    fields = {
        "ConferenceSid": "CF" + "1" * 32, "AccountSid": ACCOUNT, "CallSid": call_sid, "FriendlyName": "sales",
        "StatusCallbackEvent": "participant-join", "SequenceNumber": str(command.id),
        "ParticipantLabel": label_for(GUEST, command.id),
    }  # fmt: skip
    assert twilio.post("/voice/conference", fields).status_code == 204


@pytest.mark.parametrize("first", ["join", "answer", "join before the CallSid is known"])
def test_an_invitation_is_confirmed_by_the_join_and_the_answer(twilio, registry, first):
    """By default Twilio lets a participant join while the phone rings, and orders no callbacks."""
    command, guest = requested(registry, twilio.calls(), "bring_in"), new_call_sid()
    registry.commands.expect_legs(command.id, [UNDIALED_LEG])
    if not first.endswith("known"):
        registry.commands.set_leg_call_sid(command.id, guest)
    twilio.status(guest, "ringing", 1)
    if first == "answer":
        twilio.status(guest, "in-progress", 2)
    else:
        join(twilio, guest, command)
    registry.commands.set_leg_call_sid(command.id, guest)
    assert registry.calls.get(guest).status == ("in-progress" if first == "answer" else "ringing")
    assert registry.commands.get(command.id).state == "requested"
    if first == "answer":
        join(twilio, guest, command)
    else:
        twilio.status(guest, "in-progress", 2)
    assert registry.commands.get(command.id).state == "confirmed"


def test_a_participant_who_joined_while_ringing_and_did_not_answer_is_not_there(twilio, registry):
    command, guest = requested(registry, twilio.calls(), "bring_in"), new_call_sid()
    registry.commands.expect_legs(command.id, [guest])
    registry.commands.settle(command, "accepted", final=False)
    twilio.status(guest, "ringing", 1)
    join(twilio, guest, command)
    twilio.status(guest, "no-answer", 2)
    outcome = registry.commands.get(command.id)
    assert (outcome.state, outcome.message) == ("unconfirmed", "There was no answer.")


@pytest.mark.parametrize("first", ["caller", "leg"])
def test_a_command_that_moves_two_calls_is_confirmed_by_both_visits_in_any_order(twilio, registry, first):
    """The first one may have heard goodbye and be gone before the second one has arrived."""
    caller, leg = twilio.calls(), twilio.calls()
    command = requested(registry, caller, "end_room")
    registry.commands.expect_legs(command.id, [caller, leg])
    registry.commands.settle(command, "accepted", final=False)
    one, other = (caller, leg) if first == "caller" else (leg, caller)
    twilio.scene(one, f"room_left?command={command.id}")
    twilio.status(one, "completed", 1)
    assert registry.commands.get(command.id).state == "accepted"
    twilio.scene(other, f"room_left?command={command.id}")
    assert registry.commands.get(command.id).state == "confirmed"
