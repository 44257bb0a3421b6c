"""What a Dial does when the SIP phone that it dialled refers the caller to somebody else
(https://www.twilio.com/docs/voice/api/refer-to-twilio)."""

from __future__ import annotations

from midcall_emulator.calls.dialing import Dialing
from midcall_emulator.core.outcomes import End, Fetch, Inline, Outcome, Problem
from midcall_emulator.twiml.attributes.values import method, resolve
from midcall_emulator.twiml.document import Document, Verb, read_document
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.interpreter import perform
from midcall_emulator.wire.webhooks import OutgoingRequest


async def transfer(run: Run, verb: Verb, dialing: Dialing) -> Outcome:
    """Run for the caller what ``referUrl`` answers, and return what that leads to.

    The phone that referred is disconnected as soon as there is an answer; with ``answerOnBridge`` only once somebody
    has taken the call. If nobody does, the two have talked on when this returns None.
    """
    document = await _document(run, verb, dialing.referred)
    if not verb.is_true("answerOnBridge"):
        dialing.close()
        return document if isinstance(document, Problem) else await _performed(run, document)
    outcome = await _tried(run, document, dialing)
    if not dialing.is_held or (isinstance(outcome, End) and outcome.status):
        dialing.close()
        return outcome
    if isinstance(outcome, Problem):
        run.world.log.problem(run.call, outcome)
    await dialing.resume()
    return None


async def _document(run: Run, verb: Verb, target: str) -> Document | Problem:
    url = resolve(run, verb.get("referUrl").strip())
    if isinstance(url, Problem):
        return url
    params = (("ReferTransferTarget", target),)
    request = OutgoingRequest("refer", url, method(run, verb, "referMethod"), params)
    return read_document(await run.world.webhooks.fetch(run.call, request))


async def _tried(run: Run, document: Document | Problem, dialing: Dialing) -> Outcome:
    """Run a document while the phone that referred waits; it is let go once the caller has been connected."""
    if isinstance(document, Problem):
        return document
    run.call.run.on_bridge = dialing.let_go
    try:
        outcome = await _performed(run, document)
        if dialing.is_held and isinstance(outcome, Fetch | Inline):
            outcome = await run.world.documents.follow(run.call, outcome)
        return outcome
    finally:
        run.call.run.on_bridge = None


async def _performed(run: Run, document: Document) -> Outcome:
    """Perform a document; where it runs out there is an end, and not the verb after the Dial."""
    inner = Run(run.world, run.call, document, run.allowed)
    return await perform(inner) or End(inner.ends_as)
