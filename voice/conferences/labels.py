"""Labels: what somebody is called in a room whom a command has dialled, so that their coming tells of it.

Source: https://www.twilio.com/docs/voice/api/conference-participant-resource#request-body-parameters
"""

from __future__ import annotations

import re

SUPERVISOR, GUEST = "supervisor", "guest"
_LABEL = re.compile(rf"({SUPERVISOR}|{GUEST})-([0-9]{{1,18}})", re.ASCII)


def label_for(role: str, command_id: int) -> str:
    """The label of whom the command dials; no two in a room have the same."""
    return f"{role}-{command_id}"


def command_of(label: str | None) -> int | None:
    """The command that dialled them; None for somebody who came otherwise."""
    found = _LABEL.fullmatch(label or "")
    return int(found[2]) if found else None


def is_supervisor(label: str | None) -> bool:
    """True for somebody who was dialled to listen, to whisper or to break in."""
    found = _LABEL.fullmatch(label or "")
    return found is not None and found[1] == SUPERVISOR
