"""Refusals: why a participant cannot join a conference, with Twilio's codes (https://www.twilio.com/docs/api/errors)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from midcall_emulator.conferences.participant import JoinedConference, Participant
from midcall_emulator.conferences.participant_settings import ParticipantSettings

_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
_LONGEST_LABEL = 128


@dataclass(frozen=True, slots=True)
class JoinRefusal:
    """A reason for which a participant cannot join, with its codes in TwiML and in REST."""

    twiml_code: int
    rest_code: int
    message: str
    applies: Callable[[JoinedConference | None, ParticipantSettings], bool]


def find_refusal(conference: JoinedConference | None, settings: ParticipantSettings) -> JoinRefusal | None:
    """Return the first refusal that applies; the conference is None if the participant opens it."""
    return next((refusal for refusal in _REFUSALS if refusal.applies(conference, settings)), None)


def _has_invalid_label(conference: JoinedConference | None, settings: ParticipantSettings) -> bool:
    label = settings.label
    is_too_long = len(label) > _LONGEST_LABEL
    return is_too_long or bool(_CALL_SID.fullmatch(label)) or "/" in label.lower().replace("%2f", "/")


def _has_taken_label(conference: JoinedConference | None, settings: ParticipantSettings) -> bool:
    return bool(conference and settings.label and conference.participant(settings.label))


def _is_full(conference: JoinedConference | None, settings: ParticipantSettings) -> bool:
    return bool(conference and len(conference.participants) >= settings.most)


def _coaches_an_absent_call(conference: JoinedConference | None, settings: ParticipantSettings) -> bool:
    return bool(settings.coach) and _find_coached(conference, settings) is None


def _coaches_a_call_on_hold(conference: JoinedConference | None, settings: ParticipantSettings) -> bool:
    coached = _find_coached(conference, settings)
    return coached is not None and coached.hold


def _find_coached(conference: JoinedConference | None, settings: ParticipantSettings) -> Participant | None:
    found = conference.participant(settings.coach) if conference else None
    return found if found and found.call.sid == settings.coach and found.is_present else None


_REFUSALS = (
    JoinRefusal(
        16023, 16024, "Participant label invalid: max 128 chars, not a CallSid, no '/'", _has_invalid_label
    ),
    JoinRefusal(16025, 16026, "Participant label is in use by another participant", _has_taken_label),
    JoinRefusal(16020, 16020, "The conference is full", _is_full),
    JoinRefusal(13240, 16028, "Coach: the call to coach is not in the conference", _coaches_an_absent_call),
    JoinRefusal(13240, 16027, "Coach: the call to coach is on hold", _coaches_a_call_on_hold),
)
