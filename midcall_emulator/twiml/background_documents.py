"""Documents played in the background: while a call waits or is on hold, and as announcements."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.documents import BackgroundSettings
from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.twiml.document import Document, Verb, read_document
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.performance import performer_of, warn_of_unknown_names
from midcall_emulator.twiml.verb_world import VerbWorld
from midcall_emulator.wire.outgoing_request import OutgoingRequest


@dataclass(slots=True)
class _BackgroundRun(Run):
    audience: Callable[[], Iterable[Call]] = tuple

    def play_item(self, item: dict[str, Any], at: float | None = None) -> None:
        for call in self.audience():
            self.world.audio.play_item(call, item, at)


class BackgroundDocuments:
    """Plays documents in the background."""

    def __init__(self, world: VerbWorld) -> None:
        self._world = world

    async def play(self, call: Call, source: Fetch, settings: BackgroundSettings) -> Outcome:
        """Play a document and those it redirects to.

        Return what ended the playing; None if the last document ran to its end. A verb that is not allowed is by
        default the problem 13238 (https://www.twilio.com/docs/api/errors/13238).
        """
        outcome: Outcome = source
        while isinstance(outcome, Fetch):
            outcome = await self._play(call, outcome, settings)
        return outcome

    async def _play(self, call: Call, source: Fetch, settings: BackgroundSettings) -> Outcome:
        world, run = self._world, call.run
        run.instant_documents += 1
        if run.instant_documents > world.switches.max_documents_at_once:
            message = f"{run.instant_documents - 1} documents in a row that took no time"
            return Problem(12400, message, source.url)
        params = {**settings.params(), **source.params}
        request = OutgoingRequest(
            settings.kind, source.url, source.method, tuple(params.items()), settings.bare
        )
        document = read_document(await world.webhooks.fetch(call, request))
        if isinstance(document, Problem):
            return document
        background = _BackgroundRun(world, call, document, settings.allowed, audience=settings.audience)
        return await _perform(background, settings)


async def _perform(run: _BackgroundRun, settings: BackgroundSettings) -> Outcome:
    for verb in run.document.verbs:
        outcome = await _perform_verb(run, settings, verb)
        if outcome is not None:
            return outcome
    return None


async def _perform_verb(run: _BackgroundRun, settings: BackgroundSettings, verb: Verb) -> Outcome:
    performer = performer_of(run, verb)
    if performer is None:
        return None
    if verb.name not in settings.allowed:
        return _forbidden(run, settings, verb)
    warn_of_unknown_names(run, performer, verb)
    return _repetition(run.document, verb) or await performer.perform(run, verb)


def _forbidden(run: _BackgroundRun, settings: BackgroundSettings, verb: Verb) -> Problem | None:
    message, url = f"<{verb.name}> cannot be used in a document for {settings.kind}", run.document.url or ""
    if settings.forbidden_code:
        return Problem(settings.forbidden_code, message, url)
    run.warn(SCHEMA_WARNING, message, url)
    return None


def _repetition(document: Document, verb: Verb) -> Fetch | None:
    """Return the request for the same document if the verb is an empty Redirect, which repeats a wait document."""
    if verb.name != "Redirect" or verb.text or not document.url:
        return None
    return Fetch(document.url, verb.get("method", "POST").upper())
