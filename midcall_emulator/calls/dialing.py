"""Legs: the calls that a Dial makes, who of them wins, and the bridge until it is over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.calls import detection
from midcall_emulator.calls.detection import MachineDetection
from midcall_emulator.calls.ringing import ANSWERED, ring
from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.bridge import bridge, bridge_to_app
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, Handlers, HasCalls
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.documents import HasDocuments
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.core.people import HasPeople
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media import call_recordings
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.status_callbacks import HasStatusCallbacks
from midcall_emulator.wire.webhooks import HasWebhooks

WHISPERED = frozenset({"Say", "Play", "Pause", "Gather", "Redirect", "Hangup"})


class DialingWorld(
    HasAccount,
    HasAudio,
    HasCallLog,
    HasCalls,
    HasClock,
    HasDocuments,
    HasLifecycle,
    HasPeople,
    HasRecordings,
    HasStatusCallbacks,
    HasSwitches,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that a Dial uses."""


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody to dial; ``whisper`` is a document that only they hear, before the bridge.

    ``app`` is the first document of a TwiML app, which takes the call in place of a person.
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
    """How a Dial goes about it; seconds of ringing, seconds of bridge."""

    timeout: float
    time_limit: float
    hangup_on_star: bool
    record: call_recordings.CallRecordingSettings | None
    caller_id: str
    record_ringing: bool = False
    may_refer: bool = False


class Dialing:
    """One Dial at work: its legs, and what came of them."""

    def __init__(self, world: DialingWorld, parent: Call, terms: DialSettings) -> None:
        self._world, self._parent, self._terms = world, parent, terms
        self._legs: list[Call] = []
        self._leg: Call | None = None
        self._bridged = self._redirected = False
        self.referred = ""
        self._recording: call_recordings.CallRecording | None = None
        self._connected: asyncio.Future[bool] | None = None
        self._over: asyncio.Future[None] | None = None

    @property
    def is_bridged(self) -> bool:
        """Whether it has come to a bridge."""
        return self._bridged

    @property
    def is_held(self) -> bool:
        """Whether whoever referred the caller to somebody else still waits for what comes of it."""
        leg = self._leg
        return bool(self.referred) and leg is not None and not leg.is_over and not self._redirected

    def let_go(self) -> None:
        """End the phone that waits for what comes of a transfer; the caller has been connected."""
        if self.is_held and self._leg:
            self._world.lifecycle.end(self._leg, "completed")

    async def resume(self) -> None:
        """Bridge the two again whom a transfer has parted; return once it is all over."""
        leg, self.referred = self._leg, ""
        assert leg is not None
        self._over = asyncio.get_running_loop().create_future()
        self._bridge(leg)
        await self._talk()

    async def connect(self, targets: list[Target], sequential: bool) -> None:
        """Ring the targets, all at once or one after the other; return once it is all over."""
        if self._terms.record_ringing:
            self._record()
        for group in [[target] for target in targets] if sequential else [targets]:
            self._connected = asyncio.get_running_loop().create_future()
            self._over = asyncio.get_running_loop().create_future()
            self._legs = [self._place(target) for target in group]
            if await self._world.clock.park(self._connected):
                await self._talk()
                return

    def result(self) -> dict[str, str]:
        """Return the parameters that an action gets
        (https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus-values)."""
        leg = self._leg
        if leg is None:
            return {"DialCallStatus": "failed", "DialBridged": "false"}
        params = {
            "DialCallStatus": leg.status if leg.is_over else "completed",
            "DialCallSid": leg.sid,
            "DialBridged": str(self._bridged).lower(),
        }
        if leg.duration is not None:
            params["DialCallDuration"] = str(leg.duration)
        if self._recording:
            params["RecordingUrl"] = self._world.recordings.url(self._recording.recording)
        return params | (leg.run.return_params or {} if leg.application_sid else {})

    def close(self) -> None:
        """End every leg that still lives, and the bridge."""
        for leg in self._legs:
            if not (self._redirected and leg is self._leg):
                self._world.lifecycle.end(leg, "canceled" if leg.answered is None else "completed")
        self._part()

    # -- one leg -----------------------------------------------------------------------------------------------

    def _place(self, target: Target) -> Call:
        world, parent = self._world, self._parent
        direction = "inbound" if target.app else "outbound-dial"
        leg = Call(new_sid("CA"), self._terms.caller_id, target.to, direction, "ringing", world.clock.now())
        leg.parent_sid, leg.handlers = parent.sid, target.handlers
        leg.application_sid = target.application_sid
        world.calls.add(leg)
        world.log.publish("call", leg, {"from": leg.from_, "to": leg.to, "parent": parent.sid})
        leg.run.interrupt_hooks.append(lambda why: self._leg_left(leg, why))
        runs = self._run_app(leg, target.app) if target.app else self._run_leg(leg, target)
        leg.run.script = world.clock.spawn(runs)
        return leg

    async def _run_app(self, leg: Call, first: Fetch) -> None:
        """Run the app's documents; once one answers, the caller is the person who hears them."""
        world = self._world
        leg.started, leg.run.on_answer = world.clock.now(), lambda: self._join(leg)
        world.status_callbacks.report(leg, "initiated")
        world.status_callbacks.report(leg, "ringing")
        timer = world.clock.call_later(self._terms.timeout, lambda: self._give_up(leg))
        try:
            await world.documents.converse(leg, first)
        finally:
            timer.cancel()

    def _give_up(self, leg: Call) -> None:
        if leg.answered is None:
            self._world.lifecycle.end(leg, "no-answer")

    def _join(self, leg: Call) -> None:
        self._claim(leg)
        self._bridge(leg)
        self._settle(True)

    async def _run_leg(self, leg: Call, target: Target) -> None:
        result = await ring(self._world, leg, self._terms.timeout)
        if result != ANSWERED:
            self._world.lifecycle.end(leg, result)
            return
        self._claim(leg)
        self._world.lifecycle.answer(leg)
        if target.send_digits:
            self._world.audio.play(leg, "dtmf", digits=target.send_digits)
        if target.machine_detection:
            detection.begin(self._world, leg, target.machine_detection)
        if target.whisper:
            end = await self._world.documents.follow(leg, target.whisper, WHISPERED, "whisper")
            if end.status:
                self._world.lifecycle.end(leg, end.status)
                return
        leg.run.document = leg.run.script = None
        self._settle(True)

    def _claim(self, leg: Call) -> None:
        """The first who answers gets the call; the others' phones stop ringing."""
        self._leg = leg
        for other in self._legs:
            if other is not leg:
                self._world.lifecycle.end(other, "canceled")

    def _leg_left(self, leg: Call, why: str) -> None:
        """A leg has ended, or somebody sent it somewhere else: it is no longer this Dial's."""
        if why == "redirect" and leg.application_sid:
            leg.run.interrupt_hooks.append(lambda why: self._leg_left(leg, why))
            return
        if self._leg is None or (self._leg.is_over and not self._bridged):
            self._leg = leg
        if leg is self._leg and why == "redirect":
            self._redirected = True
        if self._over and leg is self._leg and not self._over.done():
            self._over.set_result(None)
        if all(other.is_over or other is leg for other in self._legs):
            self._settle(False)

    def _settle(self, connected: bool) -> None:
        if self._connected and not self._connected.done():
            self._connected.set_result(connected)

    # -- the bridge --------------------------------------------------------------------------------------------

    async def _talk(self) -> None:
        """Bridge the two until one side leaves, the star is pressed, or the time is up."""
        leg, world = self._leg, self._world
        assert leg is not None
        assert self._over is not None
        if not self._bridged:
            if leg.is_over or self._redirected:
                return
            self._bridge(leg)
        timer = world.clock.call_later(self._terms.time_limit, lambda: world.lifecycle.end(leg, "completed"))
        try:
            await world.clock.park(self._over)
        finally:
            timer.cancel()
            self._part()

    def _bridge(self, leg: Call) -> None:
        """Let the two hear each other."""
        world, parent = self._world, self._parent
        if parent.answered is None:
            world.lifecycle.answer(parent)
        if leg.application_sid:
            bridge_to_app(world.audio, parent, leg)
        else:
            bridge(world.audio, parent, leg)
        self._bridged = True
        self._record()
        leg.run.on_refer = self._refer
        if self._terms.hangup_on_star:
            parent.run.on_star = lambda: world.lifecycle.end(leg, "completed")

    def _refer(self, target: str) -> None:
        """Part the two, and let the Dial see to it; 13802 if it was not told what to do then."""
        if not self._terms.may_refer:
            self._world.log.error(self._parent, 13802, "Dial: No referUrl attribute specified")
        elif self._over and not self._over.done():
            self.referred = target
            self._over.set_result(None)

    def _part(self) -> None:
        self._parent.run.on_star = None
        self._parent.bridged_to = None
        if self._leg:
            self._leg.bridged_to = self._leg.person = self._leg.run.on_refer = None
        if self._recording:
            self._recording.stop()

    def _record(self) -> None:
        """Record the parent, if the Dial is to be recorded and is not yet."""
        if self._terms.record and self._recording is None:
            self._recording = call_recordings.start_recording(self._world, self._parent, self._terms.record)
