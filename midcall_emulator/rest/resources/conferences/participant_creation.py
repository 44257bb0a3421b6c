"""New participants: the emulator dials a number, which joins the conference when it answers
(https://www.twilio.com/docs/voice/api/conference-participant-resource#create-a-participant)."""

from __future__ import annotations

import re
from functools import partial
from xml.sax.saxutils import escape

from midcall_emulator.calls.outbound_call import OutboundCall
from midcall_emulator.conferences.callbacks import EVENTS
from midcall_emulator.conferences.participant_settings import MUSIC, ParticipantSettings
from midcall_emulator.conferences.refusals import find_refusal
from midcall_emulator.core.call_record import Handlers
from midcall_emulator.core.outcomes import Fetch, Inline
from midcall_emulator.core.status_callback import StatusCallback
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import outgoing_call
from midcall_emulator.rest.parameters.machine_detection import machine_detection
from midcall_emulator.rest.parameters.recording import call_recording
from midcall_emulator.rest.parameters.values import (
    callback_url,
    events,
    flag,
    method,
    seconds,
    time_limit,
    url,
)
from midcall_emulator.rest.resources.conferences.participants import hides_participants, participant_fields
from midcall_emulator.rest.response import Response

_SID = re.compile(r"CF[0-9a-f]{32}")
_BEEPS = ("true", "false", "onEnter", "onExit")
_LONGEST_TIMEOUT = 600


@operation("POST", "/Conferences/{conference}/Participants.json")
def create(request: Request) -> Response:
    """Dial a number into a conference, by SID or friendly name. An unknown name opens a new conference."""
    world, name = request.world, _conference_name(request)
    order, settings = _order(request, name), _settings(request)
    refusal = find_refusal(world.conferences.named(name), settings)
    if refusal:
        raise RestError(refusal.rest_code)
    outgoing_call.check_concurrency(request)
    call = world.placement.place_outbound(order)
    conference = world.conferences.find_or_open(name, call, settings)
    participant = conference.expect(call, settings)
    call.run.interrupt_hooks.append(lambda reason: conference.leave(participant, "failed"))
    if settings.early_media and world.switches.early_media:
        call.run.on_ringing = partial(conference.ring, participant)
    return Response(201, participant_fields(request, participant))


def _conference_name(request: Request) -> str:
    """Return the conference's name.

    RestError 16022 for the SID of an ended or unknown conference, 16001 for that of one that has not started
    (https://www.twilio.com/docs/api/errors/16001).
    """
    name_or_sid = " ".join(request.ids["conference"].split())
    conference = request.world.conferences.get(name_or_sid)
    if conference is None and not _SID.fullmatch(name_or_sid):
        return name_or_sid
    if conference is None or conference.status == "completed":
        raise RestError(16022)
    if hides_participants(request, conference):
        raise RestError(16001)
    return conference.name


def _order(request: Request, name: str) -> OutboundCall:
    """Return the call to place. Its document joins the conference with the settings stored for the call."""
    handlers = Handlers(
        status_callback=callback_url(request),
        status_method=method(request, "StatusCallbackMethod"),
        status_events=events(request, "StatusCallbackEvent", "completed"),
    )
    timeout = min(_LONGEST_TIMEOUT, seconds(request, "Timeout", 60, 21208, 10**6, 5))
    return OutboundCall(
        outgoing_call.from_number(request),
        outgoing_call.to_number(request),
        Inline(f"<Response><Dial><Conference>{escape(name)}</Conference></Dial></Response>"),
        handlers,
        timeout + request.world.switches.dial_timeout_extra_seconds,
        time_limit(request, 14400),
        record=call_recording(request, "OutboundAPI") if flag(request, "Record") else None,
        machine_detection=machine_detection(request, "AmdStatusCallback", always_async=True),
    )


def _settings(request: Request) -> ParticipantSettings:
    beep, limit = request.get("Beep", "true"), seconds(request, "MaxParticipants", 250, 20001, 250, 2)
    is_coaching = flag(request, "Coaching")
    if beep not in _BEEPS:
        raise RestError(20001, f"Beep={beep}")
    if is_coaching and not request.get("CallSidToCoach"):
        raise RestError(16028)
    return ParticipantSettings(
        flag(request, "Muted"),
        beep,
        flag(request, "StartConferenceOnEnter", True),
        flag(request, "EndConferenceOnExit"),
        _wait(request),
        int(limit),
        request.get("CallSidToCoach") if is_coaching else "",
        request.get("Label"),
        _callback(request, "ConferenceStatusCallback", "start end", EVENTS),
        request.get("ConferenceRecord") in ("true", "record-from-start"),
        _callback(request, "ConferenceRecordingStatusCallback", "completed", None),
        request.get("Region", "us1"),
        flag(request, "EarlyMedia", True),
    )


def _wait(request: Request) -> Fetch | None:
    wait_url, wait_method = url(request, "WaitUrl", 21205), method(request, "WaitMethod")
    if "WaitUrl" not in request.params:
        return MUSIC
    return Fetch(wait_url, wait_method) if wait_url else None


def _callback(
    request: Request, name: str, default: str, known: frozenset[str] | None
) -> StatusCallback | None:
    """Return a callback with its events, without those that are not ``known``."""
    callback, callback_method = callback_url(request, name), method(request, f"{name}Method")
    listed = events(request, f"{name}Event", default)
    subscribed = listed & known if known is not None else listed
    return StatusCallback(callback, callback_method, subscribed) if callback else None
