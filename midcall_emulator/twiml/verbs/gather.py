"""Gather: keys and speech of the caller (https://www.twilio.com/docs/voice/twiml/gather)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.attributes.urls import action_request
from midcall_emulator.twiml.attributes.values import (
    UNLIMITED,
    boolean,
    choice,
    matching,
    warn_invalid,
    whole_number,
)
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.performers import Prompt, attributes, performs
from midcall_emulator.twiml.verbs.gather_input import CollectedInput, InputRules
from midcall_emulator.twiml.verbs.gather_partial_results import partial_results
from midcall_emulator.wire.callbacks import request_and_discard

_DEFAULT_MAX_SPEECH_TIME = 60
_INPUTS = ("dtmf", "speech", "dtmf speech", "speech dtmf")
_MOST_HINTS, _LONGEST_HINT = 500, 100


@performs(
    "Gather",
    attributes(
        "action speechModel language partialResultCallback enhanced debug",
        finishOnKey=13310,
        method=13312,
        timeout=13313,
        numDigits=13314,
        input=13326,
        speechTimeout=13327,
        maxSpeechTime=13328,
        partialResultCallbackMethod=13329,
        hints=13330,
        bargeIn=13332,
        profanityFilter=13333,
        actionOnEmptyResult=13338,
    ),
    children=None,
)
async def gather(run: Run, verb: Verb) -> Outcome:
    """Collect input; with input (or ``actionOnEmptyResult``) request the action, else run the next verb."""
    rules, collected = _rules(run, verb), CollectedInput()
    with (
        run.when_interrupted(lambda reason: _interrupt(run, verb, collected, reason)),
        run.inputs.listening(),
    ):
        await _play_prompts(run, verb, rules, collected)
        await _collect(run, rules, collected)
    if collected.is_empty and not rules.action_on_empty:
        return None
    return action_request(run, verb, _result(run, rules, collected))


async def _play_prompts(run: Run, verb: Verb, rules: InputRules, collected: CollectedInput) -> None:
    """Play the nested prompts until they end or an input interrupts them."""
    prompts = run.world.vocabulary.of(Prompt)
    for child in verb.children:
        if child.name not in prompts:
            run.warn(13320, f"Gather: <{child.name}> cannot be nested")
            continue
        prompt = prompts[child.name]
        for what in prompt.unknown_names(child):
            run.warn(SCHEMA_WARNING, f"Schema validation warning: <{child.name}> has no {what}")
        async for segment in prompt.passes(run, child):
            run.play_item(segment.item)
            run.reset_instant_documents()
            await _collect_during_prompt(run, rules, collected, run.world.clock.now() + segment.seconds)
            if collected.complete or (not collected.is_empty and rules.barge_in):
                return


async def _collect_during_prompt(
    run: Run, rules: InputRules, collected: CollectedInput, until: float
) -> None:
    clock = run.world.clock
    while (item := await run.inputs.next(clock, until)) is not None:
        accepted = collected.add(item, rules, clock.now())
        if collected.complete or (accepted and rules.barge_in):
            return


async def _collect(run: Run, rules: InputRules, collected: CollectedInput) -> None:
    """Wait for input until it is complete or the timeout has passed."""
    run.reset_instant_documents()
    clock = run.world.clock
    while not collected.complete:
        if collected.until is None or collected.is_empty:
            collected.until = clock.now() + rules.timeout
        item = await run.inputs.next(clock, collected.until)
        if item is None:
            return
        collected.add(item, rules, clock.now())


def _rules(run: Run, verb: Verb) -> InputRules:
    _warn_of_values_without_effect(run, verb)
    kinds = choice(run, verb, "input", *_INPUTS).split()
    timeout = _seconds(run, verb, "timeout", 5)
    return InputRules(
        dtmf="dtmf" in kinds,
        speech="speech" in kinds,
        timeout=timeout,
        speech_timeout=_speech_timeout(run, verb, timeout),
        max_speech_time=whole_number(run, verb, "maxSpeechTime", _DEFAULT_MAX_SPEECH_TIME, 1),
        finish_key=matching(run, verb, "finishOnKey", "#", "[0-9*#]?"),
        number_of_digits=whole_number(run, verb, "numDigits", UNLIMITED, 1),
        barge_in=boolean(run, verb, "bargeIn", True),
        action_on_empty=boolean(run, verb, "actionOnEmptyResult"),
        on_speech=partial_results(run, verb),
    )


def _speech_timeout(run: Run, verb: Verb, timeout: int) -> float:
    if verb.get("speechTimeout") == "auto":
        return run.world.switches.speech_auto_seconds
    return _seconds(run, verb, "speechTimeout", timeout)


def _seconds(run: Run, verb: Verb, name: str, default: int) -> int:
    return default if verb.get(name) == "auto" else whole_number(run, verb, name, default, 1)


def _warn_of_values_without_effect(run: Run, verb: Verb) -> None:
    boolean(run, verb, "profanityFilter", True)
    hints = verb.get("hints").split(",")
    if len(hints) > _MOST_HINTS or any(len(hint.strip()) > _LONGEST_HINT for hint in hints):
        warn_invalid(run, verb, "hints", "the part within the limits")
    if verb.get("speechTimeout") == "auto" and verb.get("speechModel"):
        run.warn(13335, "Gather: speechTimeout auto cannot be used with a model")


def _result(run: Run, rules: InputRules, collected: CollectedInput) -> dict[str, str]:
    if collected.speech:
        confidence = run.world.switches.speech_confidence
        return {"SpeechResult": collected.speech} | ({"Confidence": confidence} if confidence else {})
    if not rules.dtmf or (collected.is_empty and not run.world.switches.empty_digits_sent):
        return {}
    return _key_parameters(collected.digits, collected.finished_on)


def _key_parameters(digits: str, finished_on: str) -> dict[str, str]:
    return {"Digits": digits, "FinishedOnKey": finished_on, "msg": "Gather End"}


def _interrupt(
    run: Run, verb: Verb, collected: CollectedInput, reason: str
) -> Coroutine[Any, Any, None] | None:
    """Discard the keys; a switch may request the action instead, whose response is discarded."""
    switches = run.world.switches
    requests = switches.gather_action_on_hangup if reason == "hangup" else switches.gather_action_on_interrupt
    if not requests or not collected.digits:
        return None
    action = action_request(run, verb, _key_parameters(collected.digits, ""))
    return request_and_discard(run.world, run.call, action)
