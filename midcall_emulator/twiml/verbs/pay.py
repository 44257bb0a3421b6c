"""Pay: payment details by telephone keys, question by question (https://www.twilio.com/docs/voice/twiml/pay)."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.payments.details import Details
from midcall_emulator.twiml.attributes.urls import action_request
from midcall_emulator.twiml.attributes.values import whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import Prompt, attributes, performs
from midcall_emulator.twiml.verbs.pay_question import Question
from midcall_emulator.wire.callbacks import request_and_discard

_STAR_PRESSED = "caller-interrupted-with-star"
_TOO_MANY_ATTEMPTS = "too-many-failed-attempts"


@performs(
    "Pay",
    attributes(
        "action method input paymentMethod bankAccountType statusCallback statusCallbackMethod timeout maxAttempts "
        "securityCode postalCode minPostalCodeLength paymentConnector tokenType chargeAmount currency description "
        "validCardTypes language requireMatchingInputs confirmation"
    ),
    children="Prompt Parameter",
)
async def pay(run: Run, verb: Verb) -> Outcome:
    """Ask for every detail, process the payment, and report the result to the action."""
    details = _details(run, verb)
    with run.when_interrupted(lambda reason: _interrupt(run, verb, details, reason)), run.inputs.listening():
        failure = await _ask_all(run, verb, details)
    if failure == _TOO_MANY_ATTEMPTS and not run.world.switches.pay_action_on_failure:
        return None
    if failure:
        return _action(run, verb, {"Result": failure} | details.masked())
    return _action(run, verb, details.process(run.world.switches.payment_connector))


async def _ask_all(run: Run, verb: Verb, details: Details) -> str:
    """Ask for the required details; return "" if all are given, or the failure."""
    attempts = whole_number(run, verb, "maxAttempts", 2, 1, 10)
    for part in details.required():
        question = Question(part)
        while not await _is_answered(run, verb, question, details):
            if question.is_starred:
                return _STAR_PRESSED
            if question.attempt >= attempts:
                return _TOO_MANY_ATTEMPTS
            question = question.next()
    return ""


async def _is_answered(run: Run, verb: Verb, question: Question, details: Details) -> bool:
    """Ask once; return whether the caller has given a valid detail."""
    clock, timeout = run.world.clock, whole_number(run, verb, "timeout", 5, 1, 600)
    await _play_prompts(run, verb, question, details)
    until = clock.now() + timeout
    while not question.is_over:
        item = await run.inputs.next(clock, until)
        if item is None:
            break
        if question.add(item):
            until = clock.now() + timeout
    if question.is_starred:
        return False
    question.error = details.add(question.part, question.keys) if question.keys else "timeout"
    return not question.error


async def _play_prompts(run: Run, verb: Verb, question: Question, details: Details) -> None:
    """Play the prompts until they end or the caller presses a key."""
    clock, prompts = run.world.clock, run.world.vocabulary.of(Prompt)
    for child in question.prompts(verb, details):
        if child.name not in prompts:
            continue
        async for segment in prompts[child.name].passes(run, child):
            run.play_item(segment.item)
            end = clock.now() + segment.seconds
            while (item := await run.inputs.next(clock, end)) is not None:
                if question.add(item):
                    return


def _details(run: Run, verb: Verb) -> Details:
    return Details(
        method=verb.get("paymentMethod", "credit-card"),
        charge=verb.get("chargeAmount"),
        postal_code=verb.get("postalCode", "true"),
        security_code=verb.is_true("securityCode", True),
        min_postal_code=whole_number(run, verb, "minPostalCodeLength", 5, 1),
        card_types=frozenset(verb.get("validCardTypes", "visa mastercard amex").split()),
        today=run.world.clock.date().date(),
    )


def _action(run: Run, verb: Verb, params: dict[str, str]) -> Fetch | Problem:
    """Return the request for the action, which is always a POST."""
    fetch = action_request(run, verb, params)
    return fetch if isinstance(fetch, Problem) else replace(fetch, method="POST")


def _interrupt(run: Run, verb: Verb, details: Details, reason: str) -> Coroutine[Any, Any, None] | None:
    """Report a hangup to the action, whose response is discarded; a redirect is not reported."""
    if reason != "hangup":
        return None
    action = _action(run, verb, {"Result": "caller-hung-up"} | details.masked())
    return request_and_discard(run.world, run.call, action)
