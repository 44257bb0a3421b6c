"""Partial results: what a Gather makes of speech while it lasts (https://www.twilio.com/docs/voice/twiml/gather)."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from midcall_emulator.core.inputs import Speech
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.twiml.attributes.values import method, resolve
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.wire.webhooks import OutgoingRequest


def partial_results(run: Run, verb: Verb) -> Callable[[Speech], None]:
    """Return what is to be done about speech: nothing, or tell the app of it half-way and at its end."""
    if not verb.get("partialResultCallback"):
        return lambda speech: None
    url = resolve(run, verb.get("partialResultCallback"))
    if isinstance(url, Problem):
        run.warn(url.code, url.message)
        return lambda speech: None
    how, numbers = method(run, verb, "partialResultCallbackMethod"), itertools.count()

    def send(text: str) -> None:
        if run.call.is_over:
            return
        params = {"UnstableSpeechResult": text, "Stability": "0.5", "SequenceNumber": str(next(numbers))}
        run.world.webhooks.send(run.call, OutgoingRequest("partial", url, how, tuple(params.items())))

    def heard(speech: Speech) -> None:
        words = speech.text.split()
        half = " ".join(words[: (len(words) + 1) // 2])
        run.world.clock.call_later(speech.seconds / 2, lambda: send(half))
        run.world.clock.call_later(speech.seconds, lambda: send(speech.text))

    return heard
