"""How a participant joins a conference: what ``<Conference>`` and the Participants resource can set."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.media.recordings import Callback

MUSIC = Fetch("", "GET")  # Twilio's own playlist, which is not fetched


@dataclass(frozen=True, slots=True)
class ParticipantSettings:
    """What ``<Conference>`` or the Participants resource says about somebody who joins.

    ``wait`` is MUSIC by default and None for silence. ``callback`` and what follows it belong to the conference: they
    count for whoever opens it.
    """

    muted: bool = False
    beep: str = "true"
    starts: bool = True
    ends: bool = False
    wait: Fetch | None = MUSIC
    most: int = 250
    coach: str = ""
    label: str = ""
    callback: Callback | None = None
    record: bool = False
    recording_callback: Callback | None = None
    region: str = "us1"
