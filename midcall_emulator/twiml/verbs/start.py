"""Start: recordings, streams, transcriptions and SIPREC that run beside the verbs
(https://www.twilio.com/docs/voice/twiml/stream)."""

from __future__ import annotations

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.media import listeners
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.nouns.noun import StartNoun
from midcall_emulator.twiml.performers import attributes, performs

MOST_LISTENERS = 4


@performs("Start", attributes("action method"), children=None)
async def start(run: Run, verb: Verb) -> Outcome:
    """Start every noun, and continue at once."""
    for noun in verb.children:
        _start(run, noun)
    return None


def _start(run: Run, noun: Verb) -> None:
    declared, name = run.world.vocabulary.of(StartNoun).get(noun.name), noun.get("name")
    if declared is None:
        run.warn(SCHEMA_WARNING, f"Start: <{noun.name}> cannot be started")
    elif name and listeners.find(run.call, declared.resource, name):
        run.warn(SCHEMA_WARNING, f"Start: there is a <{noun.name}> called {name!r} already")
    elif listener := declared.make(run, noun):
        listener.start()
        _warn_of_too_many(run)


def _warn_of_too_many(run: Run) -> None:
    count = len(run.call.run.listeners)
    if count > MOST_LISTENERS:
        run.warn(SCHEMA_WARNING, f"Start: Twilio allows {MOST_LISTENERS} on a call; here there are {count}")
