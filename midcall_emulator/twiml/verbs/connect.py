"""Connect: a session between the call and the app's WebSocket (https://www.twilio.com/docs/voice/twiml/connect)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.attributes.urls import optional_action
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.nouns.noun import ConnectNoun, Session
from midcall_emulator.twiml.performers import attributes, performs
from midcall_emulator.wire.callbacks import request_and_discard


@performs("Connect", attributes("action method"), children=None)
async def connect(run: Run, verb: Verb) -> Outcome:
    """Wait for the end of the session; then request the action, or run the next verb."""
    declared = run.world.vocabulary.of(ConnectNoun)
    noun = next((child for child in verb.children if child.name in declared), None)
    session = declared[noun.name].make(run, noun) if noun else None
    if noun is None or session is None:
        run.warn(
            SCHEMA_WARNING, f"Connect: nothing to connect to in {[child.name for child in verb.children]}"
        )
        return None
    reports_hangup = declared[noun.name].reports_hangup
    with run.when_interrupted(lambda reason: _interrupt(run, verb, session, reason, reports_hangup)):
        session.start()
        await run.world.clock.park(session.over)
    return optional_action(run, verb, session.result())


def _interrupt(
    run: Run, verb: Verb, session: Session, reason: str, reports_hangup: bool
) -> Coroutine[Any, Any, None] | None:
    """End the session; if the action is requested, its response is discarded."""
    session.stop()
    requests = reports_hangup if reason == "hangup" else run.world.switches.connect_action_on_redirect
    action = optional_action(run, verb, session.result()) if requests else None
    return request_and_discard(run.world, run.call, action) if action else None
