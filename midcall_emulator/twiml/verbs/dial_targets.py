"""Targets of a Dial: its nouns, or a phone number as its text."""

from __future__ import annotations

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.nouns.noun import DialTarget, warn_unknown

MOST_TARGETS = 10


def dial_targets(run: Run, verb: Verb) -> list[DialParty]:
    """Return ten targets at most, or one TwiML application; an invalid noun is a warning."""
    nouns = verb.children or ((Verb("Number", text=verb.text),) if verb.text else ())
    targets = [target for noun in nouns if (target := _target(run, noun))]
    application = next((target for target in targets if target.app), None)
    if application and len(targets) > 1:
        run.warn(SCHEMA_WARNING, "Dial: <Application> must be the only noun; the others are left out")
        return [application]
    if len(targets) > MOST_TARGETS:
        run.warn(SCHEMA_WARNING, f"Dial: more than {MOST_TARGETS} targets; the rest is left out")
    return targets[:MOST_TARGETS]


def _target(run: Run, noun: Verb) -> DialParty | None:
    declared = run.world.vocabulary.of(DialTarget).get(noun.name)
    if declared is None:
        run.warn(13215, f"Dial: <{noun.name}> cannot be dialed; it was left out")
        return None
    warn_unknown(run, declared, noun)
    return declared.make(run, noun)
