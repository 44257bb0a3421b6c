"""Settings of a Dial to a queue, and the parts of the world that it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.documents import HasBackgroundDocuments
from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.media.call_recordings import CallRecordingSettings
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks


class QueueDialWorld(
    HasAccount,
    HasAudio,
    HasBackgroundDocuments,
    HasCallLog,
    HasClock,
    HasRecordings,
    HasSwitches,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that a Dial to a queue uses."""


@dataclass(frozen=True, slots=True)
class QueueDialSettings:
    """Seconds to wait and to talk; ``whisper`` is a document that only the member hears."""

    timeout: float
    time_limit: float
    hangup_on_star: bool
    whisper: Fetch | None
    record: CallRecordingSettings | None = None
