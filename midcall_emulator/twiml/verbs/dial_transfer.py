"""Transfers by a dialed SIP phone: the phone refers the caller, and ``referUrl`` takes the caller over
(https://www.twilio.com/docs/voice/api/refer-to-twilio)."""

from __future__ import annotations

from midcall_emulator.calls.dialing import Dialing
from midcall_emulator.core.outcomes import End, Fetch, Inline, Outcome, Problem
from midcall_emulator.twiml.attributes.urls import resolve
from midcall_emulator.twiml.attributes.values import http_method
from midcall_emulator.twiml.document import Document, Verb, read_document
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performance import perform
from midcall_emulator.wire.outgoing_request import OutgoingRequest


async def transfer(run: Run, verb: Verb, dialing: Dialing) -> Outcome:
    """Run the document of ``referUrl`` for the caller; return its outcome.

    The phone that referred the caller is disconnected when the document arrives; with ``answerOnBridge`` when another
    party answers. If no party answers, the bridge is restored, and this returns None after its end.
    """
    document = await _request_document(run, verb, dialing.refer_target)
    if not verb.is_true("answerOnBridge"):
        dialing.close()
        return document if isinstance(document, Problem) else await _perform(run, document)
    outcome = await _attempt(run, document, dialing)
    if not dialing.is_referrer_waiting or (isinstance(outcome, End) and outcome.status):
        dialing.close()
        return outcome
    if isinstance(outcome, Problem):
        run.world.log.problem(run.call, outcome)
    await dialing.resume()
    return None


async def _request_document(run: Run, verb: Verb, target: str) -> Document | Problem:
    url = resolve(run, verb.get("referUrl").strip())
    if isinstance(url, Problem):
        return url
    params = (("ReferTransferTarget", target),)
    request = OutgoingRequest("refer", url, http_method(run, verb, "referMethod"), params)
    return read_document(await run.world.webhooks.fetch(run.call, request))


async def _attempt(run: Run, document: Document | Problem, dialing: Dialing) -> Outcome:
    """Run the document while the phone waits; the phone is released when the caller is connected."""
    if isinstance(document, Problem):
        return document
    run.call.run.on_bridge = dialing.release_referrer
    try:
        outcome = await _perform(run, document)
        if dialing.is_referrer_waiting and isinstance(outcome, Fetch | Inline):
            outcome = await run.world.documents.follow(run.call, outcome)
        return outcome
    finally:
        run.call.run.on_bridge = None


async def _perform(run: Run, document: Document) -> Outcome:
    """Perform the document; its end is an end of the call, and the verb after the Dial does not run."""
    inner = Run(run.world, run.call, document, run.allowed)
    return await perform(inner) or End(inner.ends_as)
