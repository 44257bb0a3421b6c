"""The legs of a Dial: a call to a person's phone, or a call that a TwiML app answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.calls.machine_detection import start_machine_detection
from midcall_emulator.calls.own_numbers import HasOwnNumbers
from midcall_emulator.calls.ringing import ANSWERED, ring
from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, HasCalls
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.documents import HasDocuments
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.core.people import HasPeople
from midcall_emulator.core.sids import new_sid
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.status_callbacks import HasStatusCallbacks
from midcall_emulator.wire.webhooks import HasWebhooks

WHISPER_VERBS = frozenset({"Say", "Play", "Pause", "Gather", "Redirect", "Hangup"})


class LegWorld(
    HasAccount,
    HasAudio,
    HasCallLog,
    HasCalls,
    HasClock,
    HasDocuments,
    HasLifecycle,
    HasOwnNumbers,
    HasPeople,
    HasStatusCallbacks,
    HasSwitches,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that the legs of a Dial use."""


def add_leg(world: LegWorld, parent: Call, caller_id: str, target: DialParty) -> Call:
    """Add the call to a target; it does not ring yet."""
    direction = "inbound" if target.app else "outbound-dial"
    leg = Call(new_sid("CA"), caller_id, target.to, direction, "ringing", world.clock.now())
    leg.parent_sid, leg.handlers = parent.sid, target.handlers
    leg.application_sid = target.application_sid
    world.calls.add(leg)
    world.log.publish("call", leg, {"from": leg.from_, "to": leg.to, "parent": parent.sid})
    return leg


async def run_phone_leg(
    world: LegWorld, leg: Call, target: DialParty, timeout: float, on_answer: Callable[[], None]
) -> bool:
    """Ring a phone and play the whisper; return whether the leg can be bridged."""
    result = await ring(world, leg, timeout)
    if result != ANSWERED:
        world.lifecycle.end(leg, result)
        return False
    on_answer()
    world.lifecycle.answer(leg)
    if target.send_digits:
        world.audio.play(leg, "dtmf", digits=target.send_digits)
    if target.machine_detection:
        start_machine_detection(world, leg, target.machine_detection)
    if target.whisper:
        end = await world.documents.follow(leg, target.whisper, WHISPER_VERBS, "whisper")
        if end.status:
            world.lifecycle.end(leg, end.status)
            return False
    leg.run.document = leg.run.script = None
    return True


async def run_app_leg(
    world: LegWorld, leg: Call, first: Fetch, timeout: float, on_answer: Callable[[], None]
) -> None:
    """Run the documents of a TwiML app; a verb that answers the leg connects the caller to it."""
    leg.started, leg.run.on_answer = world.clock.now(), on_answer
    world.status_callbacks.report(leg, "initiated")
    world.status_callbacks.report(leg, "ringing")
    timer = world.clock.call_later(timeout, lambda: _end_unanswered(world, leg))
    try:
        await world.documents.converse(leg, first)
    finally:
        timer.cancel()


def _end_unanswered(world: LegWorld, leg: Call) -> None:
    if leg.answered is None:
        world.lifecycle.end(leg, "no-answer")
