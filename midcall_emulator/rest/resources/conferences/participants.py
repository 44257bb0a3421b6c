"""Participants of a conference: list, fetch, update, remove
(https://www.twilio.com/docs/voice/api/conference-participant-resource)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.conferences.participant import JoinedConference, Participant
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.formats.paging import page
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters.values import flag
from midcall_emulator.rest.resources.conferences.conferences import find_conference, lag_seconds
from midcall_emulator.rest.resources.conferences.participant_updates import updates
from midcall_emulator.rest.response import Response

_PARTICIPANT = "/Conferences/{conference}/Participants/{participant}.json"
_FILTERS = {"Muted": "muted", "Hold": "hold", "Coaching": "coaching"}
_AFTER_JOINING = ("Hold", "HoldUrl", "AnnounceUrl", "WaitUrl")


@operation("GET", "/Conferences/{conference}/Participants.json")
def list_participants(request: Request) -> Response:
    """Return the present and ringing participants, newest first; filters ``Muted``, ``Hold`` and ``Coaching``.

    An ended conference has none, and one that has not started shows none.
    """
    conference = find_conference(request)
    hidden = hides_participants(request, conference)
    participants = [] if hidden else reversed(conference.participants_as_of(lag_seconds(request)))
    matching = [participant for participant in participants if _matches(request, participant)]
    fields = partial(participant_fields, request, lag=lag_seconds(request))
    return Response(200, page(request, "participants", matching, fields, lambda item: item.call.sid))


@operation("GET", _PARTICIPANT)
def fetch(request: Request) -> Response:
    """Return a participant by CallSid or label."""
    participant = _find(request)
    if participant not in participant.conference.participants_as_of(lag_seconds(request)):
        raise RestError(20404, request.path)
    return Response(200, participant_fields(request, participant, lag_seconds(request)))


@operation("POST", _PARTICIPANT)
def update(request: Request) -> Response:
    """Change a participant. If one of the parameters is invalid, nothing changes."""
    participant = _find(request)
    if not participant.is_present and any(name in request.params for name in _AFTER_JOINING):
        raise RestError(16099)
    for apply in updates(request, participant):
        apply()
    participant.updated = request.world.clock.now()
    participant.note()
    return Response(200, participant_fields(request, participant))


@operation("DELETE", _PARTICIPANT)
def delete(request: Request) -> Response:
    """Remove a participant. A phone that still rings stops ringing."""
    participant = _find(request)
    if participant.is_present:
        participant.conference.leave(participant, "kick")
    else:
        call = participant.call
        request.world.lifecycle.end(call, "canceled" if call.answered is None else "completed")
    return Response(204)


def hides_participants(request: Request, conference: JoinedConference) -> bool:
    """Return whether REST hides the participants, because the conference has not started."""
    return conference.status == "init" and request.world.switches.waiting_participants == "hidden"


def participant_fields(request: Request, participant: Participant, lag: float = 0) -> dict[str, Any]:
    """Return all fields of a participant, as of ``lag`` real seconds ago."""
    shown = participant.shown(lag)
    conference_sid, call_sid = participant.conference.sid, participant.call.sid
    return {
        "account_sid": request.world.account,
        "call_sid": call_sid,
        "label": participant.label or None,
        "call_sid_to_coach": shown.coached if shown.coaching else None,
        "coaching": shown.coaching,
        "conference_sid": conference_sid,
        "date_created": date(request.world, participant.created),
        "date_updated": date(request.world, participant.updated),
        "end_conference_on_exit": shown.ends,
        "muted": shown.muted,
        "hold": shown.hold,
        "start_conference_on_enter": participant.starts,
        "status": shown.status(participant.call.status_as_of(lag)),
        "queue_time": "0",
        "uri": path(request.world, f"Conferences/{conference_sid}/Participants/{call_sid}.json"),
    }


def _find(request: Request) -> Participant:
    conference = find_conference(request)
    if hides_participants(request, conference):
        raise RestError(16001)
    participant = conference.participant(request.ids["participant"])
    if participant is None:
        raise RestError(20404, request.path)
    return participant


def _matches(request: Request, participant: Participant) -> bool:
    return all(
        flag(request, name) == getattr(participant.shown(lag_seconds(request)), attribute)
        for name, attribute in _FILTERS.items()
        if request.get(name)
    )
