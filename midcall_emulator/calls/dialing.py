"""A Dial in progress: its legs, the one that answered, and the bridge to the caller."""

from __future__ import annotations

import asyncio
from typing import Protocol

from midcall_emulator.calls.dial_bridge import BridgeWorld, DialBridge
from midcall_emulator.calls.dial_legs import LegWorld, add_leg, run_app_leg, run_phone_leg
from midcall_emulator.calls.dial_settings import DialParty, DialSettings
from midcall_emulator.core.call_record import Call


class DialingWorld(BridgeWorld, LegWorld, Protocol):
    """The parts of the world that a Dial uses."""


class Dialing:
    """One Dial. ``_leg`` is the leg that answered; until one does, the first leg that failed."""

    def __init__(self, world: DialingWorld, caller: Call, settings: DialSettings) -> None:
        self._world, self._caller, self._settings = world, caller, settings
        self._bridge = DialBridge(world, caller, settings)
        self._legs: list[Call] = []
        self._leg: Call | None = None
        self._connected: asyncio.Future[bool] | None = None
        self._is_redirected = False

    @property
    def is_bridged(self) -> bool:
        """Whether the caller has been connected to a leg."""
        return self._bridge.was_connected

    @property
    def refer_target(self) -> str:
        """The address to which the dialed phone has referred the caller, "" if it has not."""
        return self._bridge.refer_target

    @property
    def is_referrer_waiting(self) -> bool:
        """Whether the phone that referred the caller waits for the result of the transfer."""
        leg = self._leg
        return bool(self.refer_target) and leg is not None and not leg.is_over and not self._is_redirected

    async def connect(self, targets: list[DialParty], sequential: bool) -> None:
        """Ring the targets, all at once or one after the other; return after the end of the bridge."""
        if self._settings.record_ringing:
            self._bridge.record()
        for group in [[target] for target in targets] if sequential else [targets]:
            self._connected = asyncio.get_running_loop().create_future()
            self._bridge.prepare()
            self._legs = [self._ring(target) for target in group]
            if await self._world.clock.park(self._connected):
                await self._talk()
                return

    async def resume(self) -> None:
        """Restore the bridge after a transfer that failed; return after its end."""
        leg = self._leg
        assert leg is not None
        self._bridge.prepare()
        self._bridge.connect(leg)
        await self._bridge.wait_until_over(leg)

    def release_referrer(self) -> None:
        """Disconnect the phone that waits for the result of a transfer: the caller is connected."""
        if self.is_referrer_waiting and self._leg:
            self._world.lifecycle.end(self._leg, "completed")

    def close(self) -> None:
        """End the bridge and every leg, except a leg that was redirected."""
        for leg in self._legs:
            if not (self._is_redirected and leg is self._leg):
                self._world.lifecycle.end(leg, "canceled" if leg.answered is None else "completed")
        self._bridge.disconnect(self._leg)

    def result(self) -> dict[str, str]:
        """Return the parameters of the action request
        (https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus-values)."""
        leg = self._leg
        if leg is None:
            return {"DialCallStatus": "failed", "DialBridged": "false"}
        params = {
            "DialCallStatus": leg.status if leg.is_over else "completed",
            "DialCallSid": leg.sid,
            "DialBridged": str(self.is_bridged).lower(),
        }
        if leg.duration is not None:
            params["DialCallDuration"] = str(leg.duration)
        if url := self._bridge.recording_url():
            params["RecordingUrl"] = url
        return params | (leg.run.return_params or {} if leg.application_sid else {})

    def _ring(self, target: DialParty) -> Call:
        leg = add_leg(self._world, self._caller, self._settings.caller_id, target)
        leg.run.interrupt_hooks.append(lambda reason: self._lose_in_time(leg, reason))
        leg.run.script = self._world.clock.spawn(self._run(leg, target))
        return leg

    async def _run(self, leg: Call, target: DialParty) -> None:
        world, timeout = self._world, self._settings.timeout
        if target.app:
            await run_app_leg(world, leg, target.app, timeout, lambda: self._connect_app(leg))
        elif self._settings.withheld and target.to.startswith("+"):
            world.lifecycle.end(leg, "failed")
        elif await run_phone_leg(world, leg, target, timeout, lambda: self._claim(leg)):
            self._settle(True)

    async def _talk(self) -> None:
        leg = self._leg
        assert leg is not None
        if not self.is_bridged:
            if leg.is_over or self._is_redirected:
                return
            self._bridge.connect(leg)
        await self._bridge.wait_until_over(leg)

    def _connect_app(self, leg: Call) -> None:
        self._claim(leg)
        self._bridge.connect(leg)
        self._settle(True)

    def _claim(self, leg: Call) -> None:
        """Give the Dial to the first leg that answers; the other phones stop ringing."""
        self._leg = leg
        for other in self._legs:
            if other is not leg:
                self._world.lifecycle.end(other, "canceled")

    def _lose_in_time(self, leg: Call, reason: str) -> None:
        """Lose a leg at once, or a redirected leg as late as the switches say."""
        world, switches = self._world, self._world.switches
        seconds = (
            switches.chance.between(switches.leg_leaves_dial_least_ms, switches.leg_leaves_dial_most_ms)
            / 1000
        )
        if reason == "redirect" and seconds and not leg.application_sid:
            world.clock.call_later(seconds, lambda: self._lose(leg, reason))
        else:
            self._lose(leg, reason)

    def _lose(self, leg: Call, reason: str) -> None:
        """Notice that a leg has ended or was redirected away from the Dial; a redirected app stays in it."""
        if reason == "redirect" and leg.application_sid:
            leg.run.interrupt_hooks.append(lambda reason: self._lose(leg, reason))
            return
        if self._leg is None or (self._leg.is_over and not self.is_bridged):
            self._leg = leg
        if leg is self._leg and reason == "redirect":
            self._is_redirected = True
        if leg is self._leg:
            self._bridge.end()
        if all(other.is_over or other is leg for other in self._legs):
            self._settle(False)

    def _settle(self, is_connected: bool) -> None:
        if self._connected and not self._connected.done():
            self._connected.set_result(is_connected)
