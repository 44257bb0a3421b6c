"""The interpreter: it runs documents on a call, one leading to the next, until the call ends."""

from __future__ import annotations

import logging

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.outcomes import APOLOGY, End, Fetch, Inline, Problem, Source
from midcall_emulator.twiml.document import Document, parse_document, read_document
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performance import perform
from midcall_emulator.twiml.verb_world import VerbWorld
from midcall_emulator.wire.outgoing_request import OutgoingRequest

logger = logging.getLogger(__name__)
APOLOGY_SECONDS = 4.0


class Interpreter:
    """Runs the documents that control calls."""

    def __init__(self, world: VerbWorld) -> None:
        self._world = world

    async def converse(self, call: Call, source: Source) -> None:
        """Run a document and those it leads to, then end the call."""
        end = await self.follow(call, source)
        if end.status is None and call.answered is None:
            self._world.lifecycle.answer(call)
        self._world.lifecycle.end(call, end.status or "completed")

    async def follow(
        self, call: Call, source: Source, allowed: frozenset[str] | None = None, kind: str = "twiml"
    ) -> End:
        """Run a document and those it leads to; return how the last one ended.

        A bug of the emulator ends the call as well, with an error in the log.
        """
        try:
            return await self._follow(call, source, allowed, kind)
        except Exception as error:
            logger.exception("A document failed on %s", call.sid)
            self._world.log.error(call, 12400, f"Internal failure of the emulator: {error!r}")
            return End("failed" if call.answered is None else "completed")

    async def _follow(self, call: Call, source: Source, allowed: frozenset[str] | None, kind: str) -> End:
        """Run documents until one ends the call. A problem leads to the fallback URL, or to the apology."""
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
        """Record the problem; return the fallback URL, or play the apology and return the end
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
