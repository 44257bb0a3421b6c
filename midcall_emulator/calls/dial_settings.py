"""The settings of a Dial: the targets to ring, and how."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.calls.machine_detection import MachineDetection
from midcall_emulator.core.call_record import Handlers
from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.media.call_recordings import CallRecordingSettings


@dataclass(frozen=True, slots=True)
class DialParty:
    """A party to dial: a person, or a TwiML app whose first document is ``app``.

    ``whisper`` is a document that only the dialed person hears, before the bridge.
    """

    to: str
    handlers: Handlers
    whisper: Fetch | None = None
    send_digits: str = ""
    machine_detection: MachineDetection | None = None
    app: Fetch | None = None
    application_sid: str = ""


@dataclass(frozen=True, slots=True)
class DialSettings:
    """How to dial: ``timeout`` is the seconds of ringing, ``time_limit`` the seconds of the bridge.

    ``record_ringing`` starts the recording before the answer. With ``withheld``, carriers reject calls to phones,
    because the caller ID is no usable number. With ``may_refer``, the dialed phone can refer the caller to another
    party.
    """

    timeout: float
    time_limit: float
    hangup_on_star: bool
    record: CallRecordingSettings | None
    caller_id: str
    record_ringing: bool = False
    may_refer: bool = False
    withheld: bool = False
