"""Calls coming in, calls going out, and calls being sent somewhere else while they run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from midcall_emulator.calls import detection
from midcall_emulator.calls.detection import MachineDetection
from midcall_emulator.calls.ringing import ANSWERED, ring
from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.applications import HasApplications
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, Handlers, HasCalls
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.documents import HasDocuments
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.numbers import HasNumbers, Number
from midcall_emulator.core.outcomes import Fetch, Source
from midcall_emulator.core.people import HasPeople
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media import call_recordings
from midcall_emulator.media.call_recordings import CallRecordingSettings
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.status_callbacks import HasStatusCallbacks
from midcall_emulator.wire.webhooks import HasWebhooks


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """An outgoing call as it was ordered over REST; times in seconds."""

    from_: str
    to: str
    source: Source
    handlers: Handlers
    timeout: float = 60
    time_limit: float = 14400
    send_digits: str = ""
    record: CallRecordingSettings | None = None
    application_sid: str = ""
    machine_detection: MachineDetection | None = None


class PlacementWorld(
    HasAccount,
    HasApplications,
    HasAudio,
    HasCallLog,
    HasCalls,
    HasClock,
    HasDocuments,
    HasLifecycle,
    HasNumbers,
    HasPeople,
    HasRecordings,
    HasStatusCallbacks,
    HasSwitches,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that placing and redirecting calls uses."""


class CallPlacement:
    """Starts inbound and outbound calls, and redirects live ones."""

    def __init__(self, world: PlacementWorld) -> None:
        self._world = world
        self._next_turn = 0.0

    def place_inbound(self, from_: str, number: Number, carrier: dict[str, str] | None = None) -> Call:
        """Somebody dials one of the account's numbers. Without a voice URL the call fails, and nobody is told."""
        world = self._world
        voice = world.applications.voice_of(number)
        call = Call(
            new_sid("CA"), from_, number.phone_number, "inbound", "ringing", 0, handlers=voice.handlers()
        )
        call.carrier = carrier or {}
        self._add(call)
        call.started, call.phone_number_sid = call.created, number.sid
        call.application_sid = world.applications.sid_of(number)
        source = voice.source()
        if source is None:
            world.lifecycle.end(call, "failed")
        else:
            call.run.script = world.clock.spawn(world.documents.converse(call, source))
        return call

    def place_outbound(self, order: OutgoingCall) -> Call:
        """Place an outgoing call; it is queued at first."""
        call = Call(
            new_sid("CA"), order.from_, order.to, "outbound-api", "queued", 0, handlers=order.handlers
        )
        owned = self._world.numbers.find(order.from_)
        call.phone_number_sid, call.time_limit = owned.sid if owned else None, order.time_limit
        call.queue_seconds, call.application_sid = self._wait(), order.application_sid
        self._add(call).run.script = self._world.clock.spawn(self._place(call, order))
        return call

    def redirect(self, call: Call, source: Source) -> None:
        """Take a live call from what runs on it, and run ``source`` instead."""
        rest = self._world.lifecycle.interrupt(call, "redirect")
        call.run.instant_documents = 0
        call.run.script = self._world.clock.spawn(self._move(call, rest, source))

    def _wait(self) -> float:
        """Return how many seconds a new call waits for its turn, and take the turn."""
        now, rate = self._world.clock.now(), self._world.switches.calls_per_second
        turn = max(now, self._next_turn)
        self._next_turn = turn + 1 / rate if rate else now
        return turn - now

    async def _place(self, call: Call, order: OutgoingCall) -> None:
        world = self._world
        await world.clock.sleep(world.switches.queue_seconds + call.queue_seconds)
        result = await ring(world, call, order.timeout)
        if result != ANSWERED:
            world.lifecycle.end(call, result)
            return
        world.lifecycle.answer(call)
        if order.record:
            recording = call_recordings.start_recording(world, call, order.record).recording
            call.run.recording_parameters = partial(world.recordings.parameters, recording)
        if order.send_digits:
            world.audio.play(call, "dtmf", digits=order.send_digits)
        await world.documents.converse(call, await self._first_document(call, order))

    async def _first_document(self, call: Call, order: OutgoingCall) -> Source:
        """Return the first document, whose request says who answered if that had to be known first."""
        if order.machine_detection and order.machine_detection.is_async:
            detection.begin(self._world, call, order.machine_detection)
        elif order.machine_detection:
            found = await detection.detect(self._world, call, order.machine_detection)
            if isinstance(order.source, Fetch):
                return replace(order.source, params={"AnsweredBy": found})
        return order.source

    async def _move(self, call: Call, rest: asyncio.Task[Any] | None, source: Source) -> None:
        world = self._world
        if rest:
            lead = asyncio.wait({rest}, timeout=world.switches.dial_action_lead_seconds)
            await world.clock.park(asyncio.ensure_future(lead))
        await world.clock.sleep(world.switches.redirect_delay_seconds)
        await world.documents.converse(call, source)

    def _add(self, call: Call) -> Call:
        world = self._world
        call.created = world.clock.now()
        world.calls.add(call)
        world.log.publish("call", call, {"from": call.from_, "to": call.to, "direction": call.direction})
        world.lifecycle.enter(call, call.status)
        return call


class HasPlacement(Protocol):
    """Offers what starts and redirects calls."""

    placement: CallPlacement
