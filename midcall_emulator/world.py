"""The world: every part of the emulator that a reset replaces."""

from __future__ import annotations

import aiohttp

from midcall_emulator.calls.own_numbers import OwnNumbers
from midcall_emulator.calls.placement import CallPlacement
from midcall_emulator.conferences.directory import Conferences
from midcall_emulator.conferences.handset import Handset
from midcall_emulator.core.applications import Applications
from midcall_emulator.core.audio import Audio
from midcall_emulator.core.call_log import CallLog
from midcall_emulator.core.call_record import Calls
from midcall_emulator.core.clock import Clock
from midcall_emulator.core.events import Events
from midcall_emulator.core.lifecycle import CallLifecycle
from midcall_emulator.core.numbers import Numbers
from midcall_emulator.core.people import People
from midcall_emulator.media.recordings import Recordings
from midcall_emulator.queues.directory import Queues
from midcall_emulator.rest.world import RestState
from midcall_emulator.settings import Settings
from midcall_emulator.switches import Switches
from midcall_emulator.twiml.background_documents import BackgroundDocuments
from midcall_emulator.twiml.document import is_document
from midcall_emulator.twiml.interpreter import Interpreter
from midcall_emulator.twiml.vocabulary import read_vocabulary
from midcall_emulator.wire.debugger import DebuggerWebhook
from midcall_emulator.wire.faults import Faults
from midcall_emulator.wire.status_callbacks import StatusCallbacks
from midcall_emulator.wire.webhooks import Webhooks


class World:
    """The parts. Each part sees only what its protocol names of the others."""

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, events: Events, base_url: str
    ) -> None:
        self.account, self.token, self.keys = settings.account, settings.token, settings.keys
        self.base_url, self.session = base_url, session
        self.switches = Switches()
        self.switches.set(settings.switches)
        self.clock = Clock(settings.clock_mode, settings.clock_speed)
        self.calls, self.numbers, self.applications = Calls(), Numbers(settings.numbers), Applications()
        self.people, self.faults, self.rest = People(settings.people), Faults(), RestState()
        self.log = CallLog(self.clock, events)
        self.audio = Audio(self.clock, self.log, self.switches)
        self.webhooks = Webhooks(self, session)
        self.log.on_notification = DebuggerWebhook(self).report
        self.status_callbacks = StatusCallbacks(self, is_document)
        self.lifecycle = CallLifecycle(self.clock, self.log, self.status_callbacks.report)
        self.recordings, self.conferences, self.queues = Recordings(self), Conferences(self), Queues(self)
        self.handset = Handset(self)
        self.vocabulary = read_vocabulary()
        self.documents, self.background_documents = Interpreter(self), BackgroundDocuments(self)
        self.own_numbers, self.placement = OwnNumbers(self), CallPlacement(self)

    async def close(self) -> None:
        """Stop all calls, timers and requests of this world."""
        await self.clock.close()
        await self.webhooks.close()
