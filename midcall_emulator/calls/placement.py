"""Placement of calls: inbound ones, outbound ones, and the redirect of a live call to another document."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Protocol

from midcall_emulator.calls.machine_detection import detect_machine, start_machine_detection
from midcall_emulator.calls.outbound_call import OutboundCall
from midcall_emulator.calls.own_numbers import HasOwnNumbers
from midcall_emulator.calls.ringing import ANSWERED, ring
from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.applications import HasApplications
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, HasCalls
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.documents import HasDocuments
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.numbers import HasNumbers, Number
from midcall_emulator.core.outcomes import Fetch, Source
from midcall_emulator.core.people import HasPeople
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.call_recordings import start_recording
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.status_callbacks import HasStatusCallbacks
from midcall_emulator.wire.webhooks import HasWebhooks


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
    HasOwnNumbers,
    HasPeople,
    HasRecordings,
    HasStatusCallbacks,
    HasSwitches,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that the placement of calls uses."""


class CallPlacement:
    """Starts inbound and outbound calls, and redirects live ones."""

    def __init__(self, world: PlacementWorld) -> None:
        self._world = world
        self._next_start = 0.0

    def place_inbound(self, from_: str, number: Number, carrier: dict[str, str] | None = None) -> Call:
        """Place a call to a number of the account; without a voice URL it fails, and no status callback reports it."""
        world = self._world
        voice = world.applications.voice_of(number)
        call = Call(new_sid("CA"), from_, number.phone_number, "inbound", "ringing", 0)
        call.handlers, call.carrier = voice.handlers(), carrier or {}
        self._add(call)
        call.started, call.phone_number_sid = call.created, number.sid
        call.application_sid = world.applications.sid_of(number)
        source = voice.source()
        if source is None:
            world.lifecycle.end(call, "failed")
        else:
            call.run.script = world.clock.spawn(world.documents.converse(call, source))
        return call

    def place_outbound(self, order: OutboundCall) -> Call:
        """Place an outgoing call, which is queued at first."""
        number = self._world.numbers.find(order.from_)
        call = Call(new_sid("CA"), order.from_, order.to, "outbound-api", "queued", 0)
        call.handlers, call.time_limit = order.handlers, order.time_limit
        call.phone_number_sid, call.application_sid = number.sid if number else None, order.application_sid
        call.queue_seconds = self._reserve_start()
        self._add(call)
        call.run.script = self._world.clock.spawn(self._dial(call, order))
        return call

    def redirect(self, call: Call, source: Source) -> None:
        """Interrupt a live call, and run another document on it."""
        requests = self._world.lifecycle.interrupt(call, "redirect")
        call.run.instant_documents = 0
        call.run.script = self._world.clock.spawn(self._run_after(requests, call, source))

    def _reserve_start(self) -> float:
        """Reserve the next start that the call rate allows; return the seconds until then."""
        now, rate = self._world.clock.now(), self._world.switches.calls_per_second
        start = max(now, self._next_start)
        self._next_start = start + 1 / rate if rate else now
        return start - now

    async def _dial(self, call: Call, order: OutboundCall) -> None:
        world = self._world
        await world.clock.sleep(world.switches.queue_seconds + call.queue_seconds)
        result = await ring(world, call, order.timeout)
        if result != ANSWERED:
            world.lifecycle.end(call, result)
            return
        world.lifecycle.answer(call)
        if order.record:
            recording = start_recording(world, call, order.record).recording
            call.run.recording_parameters = partial(world.recordings.parameters, recording)
        if order.send_digits:
            world.audio.play(call, "dtmf", digits=order.send_digits)
        await world.documents.converse(call, await self._first_document(call, order))

    async def _first_document(self, call: Call, order: OutboundCall) -> Source:
        """Return the first document; its request has ``AnsweredBy`` if the detection is not asynchronous."""
        if order.machine_detection and order.machine_detection.is_async:
            start_machine_detection(self._world, call, order.machine_detection)
        elif order.machine_detection:
            result = await detect_machine(self._world, call, order.machine_detection)
            if isinstance(order.source, Fetch):
                return replace(order.source, params={"AnsweredBy": result})
        return order.source

    async def _run_after(self, requests: asyncio.Task[None] | None, call: Call, source: Source) -> None:
        """Run a document after the requests of the interrupted one, which get a limited time."""
        world = self._world
        if requests:
            wait = asyncio.wait({requests}, timeout=world.switches.dial_action_lead_seconds)
            await world.clock.park(asyncio.ensure_future(wait))
        await world.clock.sleep(world.switches.redirect_delay_seconds)
        await world.documents.converse(call, source)

    def _add(self, call: Call) -> None:
        world = self._world
        call.created = world.clock.now()
        world.calls.add(call)
        world.log.publish("call", call, {"from": call.from_, "to": call.to, "direction": call.direction})
        world.lifecycle.enter(call, call.status)


class HasPlacement(Protocol):
    """Offers what starts and redirects calls."""

    placement: CallPlacement
