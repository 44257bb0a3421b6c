"""Running documents on a call, one leading to the next, until the call ends."""

from __future__ import annotations

import logging

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.outcomes import End, Fetch, Inline, Outcome, Problem, Source
from midcall_emulator.twiml.document import Document, Verb, parse_document, read_document
from midcall_emulator.twiml.execution import Run, VerbWorld
from midcall_emulator.twiml.performers import Performer
from midcall_emulator.wire.webhooks import OutgoingRequest

logger = logging.getLogger(__name__)
APOLOGY = "We are sorry, an application error has occurred. Goodbye."
APOLOGY_SECONDS = 4.0
_A_WHILE = 0.1  # virtual seconds; a verb that takes less may be part of a loop that takes no time


class Interpreter:
    """Runs documents on calls."""

    def __init__(self, world: VerbWorld) -> None:
        self._world = world

    async def converse(self, call: Call, source: Source) -> None:
        """Run ``source`` and whatever it leads to, then end the call."""
        end = await self.follow(call, source)
        if end.status is None and call.answered is None:
            self._world.lifecycle.answer(call)
        self._world.lifecycle.end(call, end.status or "completed")

    async def follow(
        self, call: Call, source: Source, allowed: frozenset[str] | None = None, kind: str = "twiml"
    ) -> End:
        """Run documents until one of them ends; return how. A bug of ours ends the call too, and says so."""
        try:
            return await self._follow(call, source, allowed, kind)
        except Exception as error:
            logger.exception("a document on %s", call.sid)
            self._world.log.error(call, 12400, f"Internal failure of the emulator: {error!r}")
            return End("failed" if call.answered is None else "completed")

    async def _follow(self, call: Call, source: Source, allowed: frozenset[str] | None, kind: str) -> End:
        """Go from document to document; failures lead to the fallback URL, or the apology."""
        outcome: Source | End | Problem = source
        is_fallback = False
        while not isinstance(outcome, End):
            if isinstance(outcome, Problem):
                outcome = await self._recover(call, outcome, is_fallback)
            else:
                is_fallback = isinstance(outcome, Fetch) and outcome.is_fallback
                outcome = await self._run(call, outcome, allowed, kind)
        return outcome

    async def _run(
        self, call: Call, source: Source, allowed: frozenset[str] | None, kind: str
    ) -> Source | End | Problem:
        call.run.instant_documents += 1
        if call.run.instant_documents > self._world.switches.max_documents_at_once:
            return Problem(12400, f"{call.run.instant_documents - 1} documents in a row that took no time")
        document = await self._load(call, source, kind)
        if isinstance(document, Problem):
            return document
        run = Run(self._world, call, document, allowed)
        return await perform(run) or End(run.ends_as)

    async def _load(self, call: Call, source: Source, kind: str) -> Document | Problem:
        if isinstance(source, Inline):
            return parse_document(source.twiml.encode())
        kind = "fallback" if source.is_fallback else "action" if source.params else kind
        request = OutgoingRequest(kind, source.url, source.method, tuple(source.params.items()))
        return read_document(await self._world.webhooks.fetch(call, request), source.is_fallback)

    async def _recover(self, call: Call, problem: Problem, is_fallback: bool) -> Fetch | End:
        """Note the error; go to the fallback URL, or apologise and end
        (https://www.twilio.com/docs/usage/security/availability-reliability)."""
        world, handlers = self._world, call.handlers
        world.log.problem(call, problem)
        if handlers.fallback_url and not is_fallback:
            params = {"ErrorCode": str(problem.code), "ErrorUrl": problem.url.partition("#")[0]}
            return Fetch(handlers.fallback_url, handlers.fallback_method, params, is_fallback=True)
        if call.answered is None:
            world.lifecycle.answer(call)
        call.run.verb = None
        world.audio.play(call, "apology", text=APOLOGY)
        await world.clock.sleep(APOLOGY_SECONDS)
        return End("completed")


async def perform(run: Run) -> Outcome:
    """Perform the verbs from top to bottom; return what the first one that takes over leads to."""
    run.call.run.document = run.document.text
    for stray in run.document.unexpected_content:
        run.warn(12200, f"Schema validation warning: <Response> has no {stray}", run.document.url or "")
    for verb in run.document.verbs:
        if run.allowed is not None and verb.name == "Dial":
            return Problem(
                13201, "Dial: cannot be used in a document for a dialled leg", run.document.url or ""
            )
        performer = _performer(run, verb)
        if performer is None:
            continue
        if run.call.answered is None and performer.answers(verb):
            run.world.lifecycle.answer(run.call)
        run.call.run.verb = verb.name
        run.world.log.publish("verb", run.call, {"verb": verb.name})
        began = run.world.clock.now()
        outcome = await performer.perform(run, verb)
        if run.world.clock.now() - began >= _A_WHILE:
            run.call.run.instant_documents = 0
        run.call.run.verb = None
        if outcome is not None:
            return outcome
    return _ran_out(run)


def _ran_out(run: Run) -> Outcome:
    only_pauses = run.document.verbs and all(verb.name == "Pause" for verb in run.document.verbs)
    if run.call.answered is None and only_pauses and not run.world.switches.pause_only_answers:
        return End("no-answer")
    return None


def _performer(run: Run, verb: Verb) -> Performer | None:
    """Return what performs the verb; None, with a warning, for what is no verb or has no place here."""
    performer = run.world.vocabulary.of(Performer).get(verb.name)
    if performer is None:
        run.warn(12200, f"Schema validation warning: <{verb.name}> is not a verb", run.document.url or "")
        return None
    if run.allowed is not None and verb.name not in run.allowed:
        run.warn(12200, f"<{verb.name}> has no effect here", run.document.url or "")
        return None
    for what in performer.unknown_names(verb):
        run.warn(12200, f"Schema validation warning: <{verb.name}> has no {what}", run.document.url or "")
    return performer
