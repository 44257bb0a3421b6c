"""Participant labels. A label holds the id of the command that dialed the participant, so the join event confirms it.

Source: https://www.twilio.com/docs/voice/api/conference-participant-resource#request-body-parameters
"""

from __future__ import annotations

import re

SUPERVISOR, GUEST = "supervisor", "guest"
_LABEL = re.compile(rf"({SUPERVISOR}|{GUEST})-([0-9]{{1,18}})", re.ASCII)


def label_for(role: str, command_id: int) -> str:
    """The label of the participant that the command dials; it is unique in the conference."""
    return f"{role}-{command_id}"


def command_of(label: str | None) -> int | None:
    """The id of the command that dialed the participant; None for a participant who joined in another way."""
    found = _LABEL.fullmatch(label or "")
    return int(found[2]) if found else None


def is_supervisor(label: str | None) -> bool:
    """True for a participant who was dialed to listen, to whisper or to join."""
    found = _LABEL.fullmatch(label or "")
    return found is not None and found[1] == SUPERVISOR
