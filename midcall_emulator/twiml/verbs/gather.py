"""Gather: keys and speech from the caller (https://www.twilio.com/docs/voice/twiml/gather)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from midcall_emulator.core.inputs import Input, Key, Speech
from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.attributes.values import action_request, complain, flag, matching, one_of, whole
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import PERFORMERS, PROMPTS, each_pass, performs
from midcall_emulator.twiml.verbs.gather_partial_results import partial_results
from midcall_emulator.wire.callbacks import request_and_discard

_UNLIMITED = 10**6
_LONGEST_SPEECH = 60
_INPUTS = ("dtmf", "speech", "dtmf speech", "speech dtmf")
_MOST_HINTS, _LONGEST_HINT = 500, 100


@dataclass(slots=True)
class Rules:
    """What a Gather listens to, and what ends it."""

    dtmf: bool
    speech: bool
    timeout: float
    speech_timeout: float
    longest_speech: float
    finish_key: str
    digits_wanted: int
    barge_in: bool
    on_empty: bool
    on_speech: Callable[[Speech], None]


@dataclass(slots=True)
class Collected:
    """What has been put in so far; ``until`` is when it counts as complete."""

    digits: str = ""
    speech: str = ""
    finished_on: str = ""
    complete: bool = False
    until: float | None = None
    talks_until: float = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been put in."""
        return not self.digits and not self.speech

    def take(self, item: Input, rules: Rules, now: float) -> bool:
        """Add an input if the rules listen to it; return whether they do."""
        if isinstance(item, Key):
            return rules.dtmf and self._key(item.digit, rules, now)
        return rules.speech and self._talk(item, rules, now)

    def _key(self, digit: str, rules: Rules, now: float) -> bool:
        """A key wins over words that are still being said; after them speech has won, and over the finish key."""
        if self.speech and (now >= self.talks_until or digit == rules.finish_key):
            return False
        self.speech = ""
        if digit == rules.finish_key:
            self.finished_on, self.complete = digit, True
            return True
        self.digits += digit
        self.complete = len(self.digits) >= rules.digits_wanted
        self.until = now + rules.timeout
        return True

    def _talk(self, item: Speech, rules: Rules, now: float) -> bool:
        if self.digits or not item.text.strip():
            return False
        self.speech = f"{self.speech} {item.text}".strip()
        self.talks_until = now + min(item.seconds, rules.longest_speech)
        self.until = self.talks_until + rules.speech_timeout
        return True


@performs(
    "Gather",
    "action method input timeout finishOnKey numDigits actionOnEmptyResult speechTimeout maxSpeechTime speechModel "
    "language hints profanityFilter partialResultCallback partialResultCallbackMethod enhanced bargeIn debug",
    children="*",
)
async def gather(run: Run, verb: Verb) -> Outcome:
    """Collect; with input (or ``actionOnEmptyResult``) the action takes over, else the next verb runs."""
    rules, collected = _rules(run, verb), Collected()
    with run.when_cut(lambda why: _cut(run, verb, collected, why)), run.inputs.listening():
        await _prompt(run, verb, rules, collected)
        await _listen(run, rules, collected)
    if collected.is_empty and not rules.on_empty:
        return None
    return action_request(run, verb, _result(run, rules, collected))


async def _prompt(run: Run, verb: Verb, rules: Rules, collected: Collected) -> None:
    """Play what is nested, until the first input that may cut it."""
    for child in verb.children:
        if child.name not in PROMPTS:
            run.warn(13320, f"Gather: <{child.name}> cannot be nested")
            continue
        for what in PERFORMERS[child.name].unknown_names(child):
            run.warn(12200, f"Schema validation warning: <{child.name}> has no {what}")
        async for segment in each_pass(run, child):
            run.play_item(segment.item)
            run.reset_instant_documents()
            await _take_until(run, rules, collected, run.world.clock.now() + segment.seconds, rules.barge_in)
            if collected.complete or (not collected.is_empty and rules.barge_in):
                return


async def _listen(run: Run, rules: Rules, collected: Collected) -> None:
    """Wait for more until the input is complete, or nobody has done anything for long enough."""
    run.reset_instant_documents()
    clock = run.world.clock
    while not collected.complete:
        if collected.until is None or (not collected.speech and not collected.digits):
            collected.until = clock.now() + rules.timeout
        item = await run.inputs.next(clock, collected.until)
        if item is None:
            return
        if collected.take(item, rules, clock.now()) and isinstance(item, Speech):
            rules.on_speech(item)


async def _take_until(run: Run, rules: Rules, collected: Collected, until: float, stop: bool) -> None:
    clock = run.world.clock
    while (item := await run.inputs.next(clock, until)) is not None:
        taken = collected.take(item, rules, clock.now())
        if taken and isinstance(item, Speech):
            rules.on_speech(item)
        if collected.complete or (taken and stop):
            return


def _rules(run: Run, verb: Verb) -> Rules:
    _complain(run, verb)
    kinds = one_of(run, verb, "input", *_INPUTS).split()
    timeout = _seconds(run, verb, "timeout", 5)
    auto = verb.get("speechTimeout") == "auto"
    return Rules(
        dtmf="dtmf" in kinds,
        speech="speech" in kinds,
        timeout=timeout,
        speech_timeout=run.world.switches.speech_auto_seconds
        if auto
        else _seconds(run, verb, "speechTimeout", timeout),
        longest_speech=whole(run, verb, "maxSpeechTime", _LONGEST_SPEECH, 1),
        finish_key=matching(run, verb, "finishOnKey", "#", "[0-9*#]?"),
        digits_wanted=whole(run, verb, "numDigits", _UNLIMITED, 1),
        barge_in=flag(run, verb, "bargeIn", True),
        on_empty=flag(run, verb, "actionOnEmptyResult"),
        on_speech=partial_results(run, verb),
    )


def _seconds(run: Run, verb: Verb, name: str, default: int) -> int:
    return default if verb.get(name) == "auto" else whole(run, verb, name, default, 1)


def _complain(run: Run, verb: Verb) -> None:
    """Warn about what has no effect here, and about what does not go together."""
    flag(run, verb, "profanityFilter", True)
    hints = verb.get("hints").split(",")
    if len(hints) > _MOST_HINTS or any(len(hint.strip()) > _LONGEST_HINT for hint in hints):
        complain(run, verb, "hints", "what fits of it")
    if verb.get("speechTimeout") == "auto" and verb.get("speechModel"):
        run.warn(13335, "Gather: speechTimeout auto cannot be used with a model")


def _result(run: Run, rules: Rules, collected: Collected) -> dict[str, str]:
    if collected.speech:
        confidence = run.world.switches.speech_confidence
        return {"SpeechResult": collected.speech} | ({"Confidence": confidence} if confidence else {})
    if not rules.dtmf or (collected.is_empty and not run.world.switches.empty_digits_sent):
        return {}
    return {"Digits": collected.digits, "FinishedOnKey": collected.finished_on, "msg": "Gather End"}


def _cut(run: Run, verb: Verb, collected: Collected, why: str) -> Coroutine[Any, Any, None] | None:
    """Keys collected so far are lost when the call is cut off, unless a switch says otherwise."""
    switches = run.world.switches
    wanted = switches.gather_action_on_hangup if why == "hangup" else switches.gather_action_on_interrupt
    if not wanted or not collected.digits:
        return None
    action = action_request(run, verb, {"Digits": collected.digits, "FinishedOnKey": "", "msg": "Gather End"})
    return request_and_discard(run.world, run.call, action)
