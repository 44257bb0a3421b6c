"""Stop: the end of what Start has started (https://www.twilio.com/docs/voice/twiml/stream)."""

from __future__ import annotations

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.media import listeners
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.nouns.noun import StartNoun
from midcall_emulator.twiml.performers import attributes, performs


@performs("Stop", attributes(), children=None)
async def stop(run: Run, verb: Verb) -> Outcome:
    """Stop every noun by its name or sid, and continue."""
    for noun in verb.children:
        declared = run.world.vocabulary.of(StartNoun).get(noun.name)
        name = noun.get("name") or noun.get("sid")
        listener = listeners.find(run.call, declared.resource, name) if declared else None
        if listener is None:
            run.warn(SCHEMA_WARNING, f"Stop: there is no <{noun.name}> called {noun.get('name')!r}")
        else:
            listener.stop()
    return None
