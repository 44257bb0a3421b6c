"""Documents that are heard beside what a call is doing: while it waits or is held, and as announcements."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.documents import Manner
from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.twiml.document import Document, Verb, read_document
from midcall_emulator.twiml.execution import Run, VerbWorld
from midcall_emulator.twiml.performers import Performer
from midcall_emulator.wire.webhooks import OutgoingRequest


@dataclass(slots=True)
class _Aside(Run):
    audience: Callable[[], Iterable[Call]] = tuple

    def play_item(self, item: dict[str, Any], at: float | None = None) -> None:
        for call in self.audience():
            self.world.audio.play_item(call, item, at)


class BackgroundDocuments:
    """Plays documents beside what a call does."""

    def __init__(self, world: VerbWorld) -> None:
        self._world = world

    async def play(self, call: Call, source: Fetch, manner: Manner) -> Outcome:
        """Run a document, and those it redirects to; return what ended that: None for the end of the last document.

        A verb that has no place in it is a Problem, by default 13238 (https://www.twilio.com/docs/api/errors/13238).
        """
        outcome: Outcome = source
        while isinstance(outcome, Fetch):
            outcome = await self._run(call, outcome, manner)
        return outcome

    async def _run(self, call: Call, source: Fetch, manner: Manner) -> Outcome:
        world = self._world
        call.run.instant_documents += 1
        if call.run.instant_documents > world.switches.max_documents_at_once:
            return Problem(
                12400, f"{call.run.instant_documents - 1} documents in a row that took no time", source.url
            )
        params = {**manner.params(), **source.params}
        request = OutgoingRequest(manner.kind, source.url, source.method, tuple(params.items()))
        document = read_document(await world.webhooks.fetch(call, request))
        if isinstance(document, Problem):
            return document
        return await _perform(_Aside(world, call, document, manner.allowed, audience=manner.audience), manner)


async def _perform(run: _Aside, manner: Manner) -> Outcome:
    url = run.document.url or ""
    for verb in run.document.verbs:
        performer = run.world.vocabulary.of(Performer).get(verb.name)
        if performer is None:
            run.warn(12200, f"Schema validation warning: <{verb.name}> is not a verb", url)
            continue
        if verb.name not in manner.allowed:
            says = f"<{verb.name}> has no place in a document for {manner.kind}"
            if manner.forbids:
                return Problem(manner.forbids, says, url)
            run.warn(12200, says, url)
            continue
        for what in performer.unknown_names(verb):
            run.warn(12200, f"Schema validation warning: <{verb.name}> has no {what}", url)
        outcome = _again(run.document, verb) or await performer.perform(run, verb)
        if outcome is not None:
            return outcome
    return None


def _again(document: Document, verb: Verb) -> Fetch | None:
    """An empty Redirect asks for the same document: that is how a document for waiting is made to repeat."""
    if verb.name != "Redirect" or verb.text or not document.url:
        return None
    return Fetch(document.url, verb.get("method", "POST").upper())
