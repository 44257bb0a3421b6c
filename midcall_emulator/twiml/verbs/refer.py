"""Refer: a SIP caller is sent to another address (https://www.twilio.com/docs/voice/twiml/refer)."""

from __future__ import annotations

from midcall_emulator.core.outcomes import Outcome, Problem
from midcall_emulator.core.people import Person
from midcall_emulator.twiml.attributes.values import action_request
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import performs

_NOTIFIED = {"answer": "200", "busy": "486", "no-answer": "480", "manual": "480"}
_STATUSES = {"200": "completed", "486": "busy", "480": "no-answer"}


@performs("Refer", "action method", children="Sip ReferSip")
async def refer(run: Run, verb: Verb) -> Outcome:
    """Send the caller on, wait for what comes of it, tell the action; 13801 on a leg that is not SIP."""
    if not run.call.from_.startswith(("sip:", "sips:")):
        return Problem(13801, "Refer: only a SIP call can be referred", run.document.url or "")
    target = next((child.text for child in verb.children), "")
    if not target.startswith(("sip:", "sips:")):
        run.warn(12200, f"Refer: {target!r} is not a SIP address")
        return None
    run.play("refer", to=target)
    person = run.world.people.of(target)
    await run.sleep(_seconds(run, person))
    return action_request(run, verb, _result(person)) if verb.get("action").strip() else None


def _seconds(run: Run, person: Person) -> float:
    """Return how long the other side takes: as long as it lets a phone ring."""
    return run.world.switches.answer_after_seconds if person.after_seconds is None else person.after_seconds


def _result(person: Person) -> dict[str, str]:
    """Return the codes of REFER and of the last NOTIFY; where REFER is refused there is no NOTIFY."""
    code = _NOTIFIED.get(person.behaviour)
    if code is None:
        return {"ReferCallStatus": "failed", "ReferSipResponseCode": "404"}
    status = _STATUSES[code]
    return {"ReferCallStatus": status, "ReferSipResponseCode": "202", "NotifySipResponseCode": code}
