"""Redirect, Hangup and Reject: where a call goes next, or that it ends."""

from __future__ import annotations

from midcall_emulator.core.outcomes import End, Fetch, Outcome, Problem
from midcall_emulator.twiml.attributes.values import method, one_of, resolve
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import performs
from midcall_emulator.twiml.verbs.start import parameters


@performs("Redirect", "method")
async def redirect(run: Run, verb: Verb) -> Outcome:
    """Hand the call over to another document (https://www.twilio.com/docs/voice/twiml/redirect).

    An empty Redirect is an error (11100) unless the switch ``empty_redirect`` makes it a loop.
    """
    if not verb.text and run.world.switches.empty_redirect != "loop":
        return Problem(11100, "Invalid URL format: the Redirect is empty", run.document.url or "")
    url = resolve(run, verb.text)
    return url if isinstance(url, Problem) else Fetch(url, method(run, verb))


@performs("Hangup", children="Parameter")
async def hangup(run: Run, verb: Verb) -> Outcome:
    """End the call; its parameters are for whoever dialled it as a TwiML app."""
    _give_back(run, verb)
    return End("completed")


@performs("Reject", "reason", answers=False, children="Parameter")
async def reject(run: Run, verb: Verb) -> Outcome:
    """Refuse a call that is not answered yet; later it is a hang-up (https://www.twilio.com/docs/voice/twiml/reject)."""
    _give_back(run, verb)
    if run.call.answered is not None:
        return End("completed")
    if one_of(run, verb, "reason", "rejected", "busy") == "busy":
        run.play("busy")
        return End("busy")
    return End("no-answer")


def _give_back(run: Run, verb: Verb) -> None:
    """Keep what the action of a Dial to this app gets (https://www.twilio.com/docs/voice/twiml/dial/application/usage)."""
    run.call.run.return_params = {f"ReturnParam_{name}": value for name, value in parameters(verb).items()}
