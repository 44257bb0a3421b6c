"""Refer: a SIP caller is sent to another address (https://www.twilio.com/docs/voice/twiml/refer)."""

from __future__ import annotations

from midcall_emulator.core.outcomes import Outcome, Problem
from midcall_emulator.core.people import Person
from midcall_emulator.twiml.attributes.urls import optional_action
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.performers import attributes, performs

_NOTIFY_CODES = {"answer": "200", "busy": "486", "no-answer": "480", "manual": "480"}
_STATUSES = {"200": "completed", "486": "busy", "480": "no-answer"}


@performs("Refer", attributes("action method"), children="Sip ReferSip")
async def refer(run: Run, verb: Verb) -> Outcome:
    """Refer the caller and report the result to the action; a call that is not SIP is an error (13801)."""
    if not run.call.from_.startswith(("sip:", "sips:")):
        return Problem(13801, "Refer: only a SIP call can be referred", run.document.url or "")
    target = next((child.text for child in verb.children), "")
    if not target.startswith(("sip:", "sips:")):
        run.warn(SCHEMA_WARNING, f"Refer: {target!r} is not a SIP address")
        return None
    run.play("refer", to=target)
    person = run.world.people.of(target)
    await run.sleep(_seconds(run, person))
    return optional_action(run, verb, _result(person))


def _seconds(run: Run, person: Person) -> float:
    """Return how long the referred party takes to answer."""
    return run.world.switches.answer_after_seconds if person.after_seconds is None else person.after_seconds


def _result(person: Person) -> dict[str, str]:
    """Return the SIP codes of REFER and of the last NOTIFY; a refused REFER has no NOTIFY."""
    code = _NOTIFY_CODES.get(person.behaviour)
    if code is None:
        return {"ReferCallStatus": "failed", "ReferSipResponseCode": "404"}
    status = _STATUSES[code]
    return {"ReferCallStatus": status, "ReferSipResponseCode": "202", "NotifySipResponseCode": code}
