"""The world as conferences see it."""

from __future__ import annotations

from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.documents import HasBackgroundDocuments
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks


class ConferenceWorld(
    HasAccount,
    HasAudio,
    HasBackgroundDocuments,
    HasCallLog,
    HasClock,
    HasLifecycle,
    HasRecordings,
    HasSwitches,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that conferences use."""
