"""Start: recordings, streams, transcriptions and SIPREC that run beside the verbs
(https://www.twilio.com/docs/voice/twiml/stream)."""

from __future__ import annotations

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.media import listeners
from midcall_emulator.media.listeners import CallListener
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.nouns.noun import StartNoun
from midcall_emulator.twiml.performers import attributes, performs


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
        _start_within_limit(run, noun, listener)


def _start_within_limit(run: Run, noun: Verb, listener: CallListener) -> None:
    if listeners.exceeds_forks(run.call, listener):
        limit = run.world.switches.forks_per_call
        run.warn(
            SCHEMA_WARNING, f"Start: Twilio allows {limit} forks of a call; <{noun.name}> is not started"
        )
    else:
        listener.start()
