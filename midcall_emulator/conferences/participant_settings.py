"""Settings of a participant: the attributes of ``<Conference>`` or the parameters of the Participants resource."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.core.status_callback import StatusCallback

MUSIC = Fetch("", "GET")  # Twilio's own playlist, which is not requested


@dataclass(frozen=True, slots=True)
class ParticipantSettings:
    """How a participant joins.

    ``wait`` is MUSIC by default and None for silence; ``most`` is the maximum number of participants. ``callback`` and
    the fields after it up to ``region`` apply to the conference, if the participant opens it. With ``early_media``, a
    participant who is dialed joins while the phone rings.
    """

    muted: bool = False
    beep: str = "true"
    starts: bool = True
    ends: bool = False
    wait: Fetch | None = MUSIC
    most: int = 250
    coach: str = ""
    label: str = ""
    callback: StatusCallback | None = None
    record: bool = False
    recording_callback: StatusCallback | None = None
    region: str = "us1"
    early_media: bool = False
