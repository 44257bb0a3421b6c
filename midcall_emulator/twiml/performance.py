"""Performing the verbs of a document."""

from __future__ import annotations

from midcall_emulator.core.outcomes import End, Outcome, Problem
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.performers import Performer

_INSTANT_SECONDS = 0.1  # virtual; a verb that takes less can be part of a loop that takes no time


async def perform(run: Run) -> Outcome:
    """Perform the verbs in order, until one leads somewhere else; return where, None at the end of the document."""
    run.call.run.document = run.document.text
    for content in run.document.unexpected_content:
        run.warn_of_schema(f"<Response> has no {content}")
    for verb in run.document.verbs:
        if run.allowed is not None and verb.name == "Dial":
            return Problem(
                13201, "Dial: cannot be used in a document for a dialed leg", run.document.url or ""
            )
        performer = _allowed_performer(run, verb)
        if performer and (outcome := await _perform_verb(run, performer, verb)) is not None:
            return outcome
    return _end_of_document(run)


def performer_of(run: Run, verb: Verb) -> Performer | None:
    """Return the performer of a verb; None, with a warning, if there is no such verb."""
    performer = run.world.vocabulary.of(Performer).get(verb.name)
    if performer is None:
        run.warn_of_schema(f"<{verb.name}> is not a verb")
    return performer


def warn_of_unknown_names(run: Run, performer: Performer, verb: Verb) -> None:
    """Warn about attributes and children that the verb does not have."""
    for name in performer.unknown_names(verb):
        run.warn_of_schema(f"<{verb.name}> has no {name}")


def _allowed_performer(run: Run, verb: Verb) -> Performer | None:
    performer = performer_of(run, verb)
    if performer is None:
        return None
    if run.allowed is not None and verb.name not in run.allowed:
        run.warn(SCHEMA_WARNING, f"<{verb.name}> has no effect here", run.document.url or "")
        return None
    warn_of_unknown_names(run, performer, verb)
    return performer


async def _perform_verb(run: Run, performer: Performer, verb: Verb) -> Outcome:
    world, call = run.world, run.call
    if call.answered is None and performer.answers(verb):
        world.lifecycle.answer(call)
    call.run.verb = verb.name
    world.log.publish("verb", call, {"verb": verb.name})
    started = world.clock.now()
    outcome = await performer.perform(run, verb)
    if world.clock.now() - started >= _INSTANT_SECONDS:
        run.reset_instant_documents()
    call.run.verb = None
    return outcome


def _end_of_document(run: Run) -> Outcome:
    """Return no-answer for an unanswered call whose document has nothing but Pause, if the switch says so."""
    only_pauses = run.document.verbs and all(verb.name == "Pause" for verb in run.document.verbs)
    if run.call.answered is None and only_pauses and not run.world.switches.pause_only_answers:
        return End("no-answer")
    return None
