"""Redirect: the call continues with another document (https://www.twilio.com/docs/voice/twiml/redirect)."""

from __future__ import annotations

from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.twiml.attributes.urls import resolve
from midcall_emulator.twiml.attributes.values import http_method
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import attributes, performs


@performs("Redirect", attributes(method=13710))
async def redirect(run: Run, verb: Verb) -> Outcome:
    """Return the request for the other document.

    An empty Redirect is an error (11100) unless the switch ``empty_redirect`` makes it request its own document.
    """
    if not verb.text and run.world.switches.empty_redirect != "loop":
        return Problem(11100, "Invalid URL format: the Redirect is empty", run.document.url or "")
    url = resolve(run, verb.text)
    return url if isinstance(url, Problem) else Fetch(url, http_method(run, verb))
