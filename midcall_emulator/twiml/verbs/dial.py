"""Dial: other parties are called, and one of them is connected (https://www.twilio.com/docs/voice/twiml/dial)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.calls.dial_settings import DialParty, DialSettings
from midcall_emulator.calls.dialing import Dialing
from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.attributes.recording import dial_recording
from midcall_emulator.twiml.attributes.urls import optional_action
from midcall_emulator.twiml.attributes.values import boolean, matching, whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import DialDestination, warn_unknown
from midcall_emulator.twiml.performers import attributes, performs
from midcall_emulator.twiml.verbs.dial_caller_id import caller_id, has_forbidden_caller_id, is_withheld
from midcall_emulator.twiml.verbs.dial_targets import dial_targets
from midcall_emulator.twiml.verbs.dial_transfer import transfer
from midcall_emulator.wire.callbacks import request_and_discard

_STATUSES_OF_THE_CALLER = frozenset({"busy", "failed"})


@performs(
    "Dial",
    attributes(
        "action callerId trim recordingStatusCallback recordingStatusCallbackMethod recordingTrack "
        "recordingConfigurationId referUrl referMethod callReason events passports",
        method=13210,
        timeout=13212,
        hangupOnStar=13213,
        timeLimit=13216,
        record=13217,
        sequential=13218,
        answerOnBridge=13219,
        ringTone=13220,
        recordingStatusCallbackEvent=13621,
    ),
    answers=lambda verb: not verb.is_true("answerOnBridge"),
    children=None,
)
async def dial(run: Run, verb: Verb) -> Outcome:
    """Ring, bridge, and wait for the end; then request the action whatever the result, or run the next verb."""
    if noun := _destination(run, verb):
        return await run.world.vocabulary.of(DialDestination)[noun.name].perform(run, verb, noun)
    _warn_of_values_without_effect(run, verb)
    targets = _targets(run, verb)
    dialing = Dialing(run.world, run.call, _settings(run, verb))
    with run.when_interrupted(lambda reason: _interrupt(run, verb, dialing, reason)):
        transferred = await _connect(run, verb, dialing, targets)
    return transferred or _action(run, verb, dialing.result())


async def _connect(run: Run, verb: Verb, dialing: Dialing, targets: list[DialParty]) -> Outcome:
    """Wait for the end of the bridge; return the outcome of a transfer, if the dialed party made one."""
    if targets:
        run.play("ringback")
        await dialing.connect(targets, boolean(run, verb, "sequential"))
    transferred: Outcome = None
    while dialing.refer_target and transferred is None:
        transferred = await transfer(run, verb, dialing)
    return transferred


def _action(run: Run, verb: Verb, result: dict[str, str]) -> Outcome:
    """Return the action request; a caller who was never answered ends with the status of the Dial."""
    if run.call.answered is None:
        status = result["DialCallStatus"]
        run.ends_as = status if status in _STATUSES_OF_THE_CALLER else "no-answer"
    return optional_action(run, verb, result)


def _destination(run: Run, verb: Verb) -> Verb | None:
    """Return the conference or queue in the Dial, which must be the only noun (13000)."""
    destinations = run.world.vocabulary.of(DialDestination)
    noun = next((noun for noun in verb.children if noun.name in destinations), None)
    if noun and len(verb.children) > 1:
        run.warn(13000, f"Dial: <{noun.name}> must be the only noun; the others are left out")
    if noun:
        warn_unknown(run, destinations[noun.name], noun)
    return noun


def _warn_of_values_without_effect(run: Run, verb: Verb) -> None:
    boolean(run, verb, "answerOnBridge")
    matching(run, verb, "ringTone", "", "us-old|[a-z]{2}|")


def _interrupt(run: Run, verb: Verb, dialing: Dialing, reason: str) -> Coroutine[Any, Any, None] | None:
    """End the legs at once; the action is still requested, and its response is discarded."""
    switches = run.world.switches
    requests = reason == "redirect" or switches.dial_action_on_hangup
    requests = requests and not dialing.refer_target
    requests = requests and (dialing.is_bridged or switches.dial_action_when_ringing)
    dialing.close()
    action = optional_action(run, verb, dialing.result()) if requests else None
    return request_and_discard(run.world, run.call, action) if action else None


def _settings(run: Run, verb: Verb) -> DialSettings:
    return DialSettings(
        timeout=whole_number(run, verb, "timeout", 30, 5, 600)
        + run.world.switches.dial_timeout_extra_seconds,
        time_limit=whole_number(run, verb, "timeLimit", 14400, 1),
        hangup_on_star=boolean(run, verb, "hangupOnStar"),
        record=dial_recording(run, verb),
        caller_id=caller_id(verb, run.call),
        withheld=is_withheld(run, verb),
        record_ringing=verb.get("record").startswith("record-from-ringing"),
        may_refer=bool(verb.get("referUrl").strip()),
    )


def _targets(run: Run, verb: Verb) -> list[DialParty]:
    """Return the targets; none, with a warning (13214), if the account may not show the caller ID."""
    targets = dial_targets(run, verb)
    if has_forbidden_caller_id(run, verb, targets):
        run.warn(13214, f"Dial: Invalid callerId value {caller_id(verb, run.call)}")
        return []
    return targets
