"""Pay: payment details by phone key, step by step (https://www.twilio.com/docs/voice/twiml/pay)."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from midcall_emulator.core.inputs import Key
from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.payments.details import PARTS, Details
from midcall_emulator.twiml.attributes.values import action_request, whole
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import PROMPTS, each_pass, performs
from midcall_emulator.wire.callbacks import request_and_discard

_STAR = "caller-interrupted-with-star"
_TOO_MANY = "too-many-failed-attempts"


@dataclass(slots=True)
class Asking:
    """One question: which part, which attempt, what was wrong before; and the keys so far."""

    part: str
    attempt: int = 1
    error: str = ""
    keys: str = ""
    is_complete: bool = False
    is_starred: bool = False

    def take(self, key: str) -> bool:
        """Add a key; return whether that is all."""
        self.is_starred, self.is_complete = key == "*", key == "#"
        if key not in "*#":
            self.keys += key
        return self.is_starred or self.is_complete


@performs(
    "Pay",
    "action method input paymentMethod bankAccountType statusCallback statusCallbackMethod timeout maxAttempts "
    "securityCode postalCode minPostalCodeLength paymentConnector tokenType chargeAmount currency description "
    "validCardTypes language requireMatchingInputs confirmation",
    children="Prompt Parameter",
)
async def pay(run: Run, verb: Verb) -> Outcome:
    """Ask for every part; then the connector, and the action with what came of it."""
    details = _details(run, verb)
    with run.when_cut(lambda why: _cut(run, verb, details, why)), run.inputs.listening():
        failure = await _ask_all(run, verb, details)
    if failure == _TOO_MANY and not run.world.switches.pay_action_on_failure:
        return None
    if failure:
        return _action(run, verb, {"Result": failure} | details.shown())
    return _action(run, verb, details.processed(run.world.switches.payment_connector))


async def _ask_all(run: Run, verb: Verb, details: Details) -> str:
    """Return "" once all is given, or why that will not happen."""
    attempts = whole(run, verb, "maxAttempts", 2, 1, 10)
    for part in details.required():
        asking = Asking(part)
        while await _ask(run, verb, asking, details):
            if asking.is_starred:
                return _STAR
            if asking.attempt >= attempts:
                return _TOO_MANY
            asking = Asking(part, asking.attempt + 1, asking.error)
    return ""


async def _ask(run: Run, verb: Verb, asking: Asking, details: Details) -> bool:
    """Ask once; return whether it has to be asked again."""
    until = await _prompt(run, verb, asking, details)
    clock, timeout = run.world.clock, whole(run, verb, "timeout", 5, 1, 600)
    until = until or clock.now() + timeout
    while not asking.is_complete and not asking.is_starred:
        item = await run.inputs.next(clock, until)
        if item is None:
            break
        if isinstance(item, Key):
            asking.take(item.digit)
            until = clock.now() + timeout
    if asking.is_starred:
        return True
    asking.error = details.take(asking.part, asking.keys) if asking.keys else "timeout"
    return bool(asking.error)


async def _prompt(run: Run, verb: Verb, asking: Asking, details: Details) -> float | None:
    """Say what is asked for, until the first key; return until when to wait for more, if there was one."""
    clock, timeout = run.world.clock, whole(run, verb, "timeout", 5, 1, 600)
    for child in _words(verb, asking, details):
        async for segment in each_pass(run, child):
            run.play_item(segment.item)
            end = clock.now() + segment.seconds
            while (item := await run.inputs.next(clock, end)) is not None:
                if isinstance(item, Key):
                    asking.take(item.digit)
                    return clock.now() + timeout
    return None


def _words(verb: Verb, asking: Asking, details: Details) -> tuple[Verb, ...]:
    """Return what is said: the Prompt that fits most closely, or a sentence of ours."""
    known = {
        "for": asking.part,
        "attempt": str(asking.attempt),
        "errorType": asking.error,
        "cardType": details.card_type,
    }
    fitting = [child for child in verb.children if child.name == "Prompt" and _fits(child, known)]
    if not fitting:
        return (Verb("Say", text=PARTS[asking.part].question),)
    best = max(fitting, key=lambda prompt: len(prompt.attributes))
    return tuple(child for child in best.children if child.name in PROMPTS)


def _fits(prompt: Verb, known: dict[str, str]) -> bool:
    return all(
        value in prompt.get(name, value).split() or not prompt.get(name) for name, value in known.items()
    )


def _details(run: Run, verb: Verb) -> Details:
    types = verb.get("validCardTypes", "visa mastercard amex").split()
    return Details(
        verb.get("paymentMethod", "credit-card"),
        verb.get("chargeAmount"),
        verb.get("postalCode", "true"),
        verb.is_true("securityCode", True),
        whole(run, verb, "minPostalCodeLength", 5, 1),
        frozenset(types),
        run.world.clock.date().date(),
    )


def _action(run: Run, verb: Verb, params: dict[str, str]) -> Fetch | Problem:
    """Return the request for the action, which is made by POST whatever the verb says."""
    fetch = action_request(run, verb, params)
    return fetch if isinstance(fetch, Problem) else replace(fetch, method="POST")


def _cut(run: Run, verb: Verb, details: Details, why: str) -> Coroutine[Any, Any, None] | None:
    """A hang-up is told to the action, whose answer counts for nothing; a redirect is not."""
    if why != "hangup":
        return None
    return request_and_discard(
        run.world, run.call, _action(run, verb, {"Result": "caller-hung-up"} | details.shown())
    )
