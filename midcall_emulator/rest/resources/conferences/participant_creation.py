"""A new participant: somebody is dialled, and joins when they answer
(https://www.twilio.com/docs/voice/api/conference-participant-resource#create-a-participant)."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from midcall_emulator.calls.placement import Order
from midcall_emulator.conferences.callbacks import SUBSCRIBED
from midcall_emulator.conferences.directory import flaw_of
from midcall_emulator.conferences.participant_settings import MUSIC, ParticipantSettings
from midcall_emulator.core.call_record import Handlers
from midcall_emulator.core.outcomes import Fetch, Inline
from midcall_emulator.media.recordings import Callback
from midcall_emulator.rest import Answer, Ask, operation, parameters
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.machine_detection import detection_of
from midcall_emulator.rest.resources.calls.calls import callee, caller
from midcall_emulator.rest.resources.calls.recordings import terms_of
from midcall_emulator.rest.resources.conferences.participants import flag, shown

_SID = re.compile(r"CF[0-9a-f]{32}")
_BEEPS = ("true", "false", "onEnter", "onExit")


@operation("POST", "/Conferences/{conference}/Participants.json")
def create(ask: Ask) -> Answer:
    """Dial somebody into a conference, named by sid or friendly name, which is opened if there is none: 201."""
    world, name = ask.world, _name(ask)
    order, terms = _order(ask, name), _terms(ask)
    flaw = flaw_of(world.conferences.named(name), terms)
    if flaw:
        raise Refusal(flaw.rest)
    parameters.room_for_a_call(ask)
    call = world.placement.outgoing(order)
    room = world.conferences.opened(name, call, terms)
    seat = room.expect(call, terms)
    call.run.cut_hooks.append(lambda why: room.leave(seat, "failed"))
    return Answer(201, shown(ask, seat))


def _name(ask: Ask) -> str:
    """Return the name of the conference in the path; 16022 for the sid of one that is over or unknown."""
    given = " ".join(ask.ids["conference"].split())
    room = ask.world.conferences.get(given)
    if room is None and not _SID.fullmatch(given):
        return given
    if room is None or room.status == "completed":
        raise Refusal(16022)
    return room.name


def _order(ask: Ask, name: str) -> Order:
    """Return the call to place; its document does nothing but join, on the terms that are kept for it."""
    events = " ".join(ask.params.getall("StatusCallbackEvent", ["completed"]))
    callback, method = parameters.callback_url(ask), parameters.method(ask, "StatusCallbackMethod")
    return Order(
        caller(ask),
        callee(ask),
        Inline(f"<Response><Dial><Conference>{escape(name)}</Conference></Dial></Response>"),
        Handlers(status_callback=callback, status_method=method, status_events=frozenset(events.split())),
        min(600, parameters.seconds(ask, "Timeout", 60, 21208, 10**6, 5))
        + ask.world.switches.dial_timeout_extra_seconds,
        parameters.seconds(ask, "TimeLimit", 14400, 20001),
        record=terms_of(ask, "OutboundAPI") if flag(ask, "Record") else None,
        detects=detection_of(ask, "AmdStatusCallback", always_async=True),
    )


def _terms(ask: Ask) -> ParticipantSettings:
    beep, most = ask.get("Beep", "true"), int(parameters.seconds(ask, "MaxParticipants", 250, 20001, 250, 2))
    if beep not in _BEEPS:
        raise Refusal(20001, f"Beep={beep}")
    if flag(ask, "Coaching") and not ask.get("CallSidToCoach"):
        raise Refusal(16028)
    return ParticipantSettings(
        flag(ask, "Muted"),
        beep,
        flag(ask, "StartConferenceOnEnter", True),
        flag(ask, "EndConferenceOnExit"),
        _wait(ask),
        most,
        ask.get("CallSidToCoach") if flag(ask, "Coaching") else "",
        ask.get("Label"),
        _callback(ask, "ConferenceStatusCallback", "start end", SUBSCRIBED),
        ask.get("ConferenceRecord") in ("true", "record-from-start"),
        _callback(ask, "ConferenceRecordingStatusCallback", "completed", None),
        ask.get("Region", "us1"),
    )


def _wait(ask: Ask) -> Fetch | None:
    url, method = parameters.url(ask, "WaitUrl", 21205), parameters.method(ask, "WaitMethod")
    if "WaitUrl" not in ask.params:
        return MUSIC
    return Fetch(url, method) if url else None


def _callback(ask: Ask, name: str, default: str, known: frozenset[str] | None) -> Callback | None:
    url, method = parameters.callback_url(ask, name), parameters.method(ask, f"{name}Method")
    events = frozenset(" ".join(ask.params.getall(f"{name}Event", [default])).split())
    return Callback(url, method, events & known if known is not None else events) if url else None
