"""Dial: other people's phones, and the bridge to one of them (https://www.twilio.com/docs/voice/twiml/dial)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.calls.dialing import Dialing, DialSettings, Target
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.attributes.recording import recorded
from midcall_emulator.twiml.attributes.values import action_request, flag, matching, whole
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns import conference, queue
from midcall_emulator.twiml.nouns.phone import targets_of
from midcall_emulator.twiml.performers import performs
from midcall_emulator.twiml.verbs.dial_transfer import transfer
from midcall_emulator.wire.callbacks import request_and_discard

_BRIDGE_STATUSES = frozenset({"busy", "failed"})
_PLACES = {"Conference": conference.enter, "Queue": queue.take}


@performs(
    "Dial",
    "action method timeout timeLimit callerId hangupOnStar answerOnBridge record trim recordingStatusCallback "
    "recordingStatusCallbackMethod recordingStatusCallbackEvent recordingTrack recordingConfigurationId referUrl "
    "referMethod ringTone sequential callReason events passports",
    answers=lambda verb: not verb.is_true("answerOnBridge"),
    children="*",
)
async def dial(run: Run, verb: Verb) -> Outcome:
    """Ring, bridge, wait for the end. An action is requested whatever came of it; else the next verb runs."""
    if place := _place(run, verb):
        return await _PLACES[place.name](run, verb, place)
    _complain(run, verb)
    targets = _reachable(run, verb)
    dialing = Dialing(run.world, run.call, _terms(run, verb))
    with run.when_cut(lambda why: _cut(run, verb, dialing, why)):
        transferred = await _connect(run, verb, dialing, targets)
    return transferred or _action(run, verb, dialing.result())


async def _connect(run: Run, verb: Verb, dialing: Dialing, targets: list[Target]) -> Outcome:
    """Stay until it is all over; return what a transfer to somebody else led to, if there was one."""
    if targets:
        run.play("ringback")
        await dialing.connect(targets, flag(run, verb, "sequential"))
    transferred: Outcome = None
    while dialing.referred and transferred is None:
        transferred = await transfer(run, verb, dialing)
    return transferred


def _action(run: Run, verb: Verb, result: dict[str, str]) -> Outcome:
    if run.call.answered is None:
        status = result["DialCallStatus"]
        run.ends_as = status if status in _BRIDGE_STATUSES else "no-answer"
    return action_request(run, verb, result) if verb.get("action").strip() else None


def _place(run: Run, verb: Verb) -> Verb | None:
    """Return the conference or queue in the Dial; it must be alone there (13000)."""
    place = next((noun for noun in verb.children if noun.name in _PLACES), None)
    if place and len(verb.children) > 1:
        run.warn(13000, f"Dial: <{place.name}> must be the only noun; the others are left out")
    return place


def _complain(run: Run, verb: Verb) -> None:
    """Warn about what has no effect here: bad values of attributes that are read elsewhere, or not performed."""
    flag(run, verb, "answerOnBridge")
    matching(run, verb, "ringTone", "", "us-old|[a-z]{2}|")


def _cut(run: Run, verb: Verb, dialing: Dialing, why: str) -> Coroutine[Any, Any, None] | None:
    """End the other side at once. The action is requested all the same, and its answer thrown away."""
    switches = run.world.switches
    wanted = why == "redirect" or switches.dial_action_on_hangup
    wanted = wanted and not dialing.referred and (dialing.is_bridged or switches.dial_action_when_ringing)
    dialing.close()
    if not wanted or not verb.get("action").strip():
        return None
    return request_and_discard(run.world, run.call, action_request(run, verb, dialing.result()))


def _terms(run: Run, verb: Verb) -> DialSettings:
    extra = run.world.switches.dial_timeout_extra_seconds
    return DialSettings(
        timeout=whole(run, verb, "timeout", 30, 5, 600) + extra,
        time_limit=whole(run, verb, "timeLimit", 14400, 1),
        hangup_on_star=flag(run, verb, "hangupOnStar"),
        record=recorded(run, verb),
        caller_id=verb.get("callerId") or _own_id(run.call),
        record_ringing=verb.get("record").startswith("record-from-ringing"),
        may_refer=bool(verb.get("referUrl").strip()),
    )


def _reachable(run: Run, verb: Verb) -> list[Target]:
    """Return who is to be dialled; nobody, with a warning, where the caller id is not the account's to show (13214)."""
    caller_id = verb.get("callerId")
    allowed = {run.call.from_, run.call.to} | {number.phone_number for number in run.world.numbers}
    if caller_id.startswith("+") and caller_id not in allowed:
        run.warn(13214, f"Dial: Invalid callerId value {caller_id}")
        return []
    return targets_of(run, verb)


def _own_id(call: Call) -> str:
    return call.to if call.direction == "outbound-api" else call.from_
