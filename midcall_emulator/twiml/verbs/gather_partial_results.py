"""Partial results of a Gather: the speech so far, sent to ``partialResultCallback``
(https://www.twilio.com/docs/voice/twiml/gather)."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from midcall_emulator.core.inputs import Speech
from midcall_emulator.twiml.attributes.urls import optional_url
from midcall_emulator.twiml.attributes.values import http_method
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.wire.outgoing_request import OutgoingRequest


def partial_results(run: Run, verb: Verb) -> Callable[[Speech], None]:
    """Return a function that reports speech half-way and at its end; without a callback it does nothing."""
    url = optional_url(run, verb, "partialResultCallback")
    if not url:
        return lambda speech: None
    method, numbers = http_method(run, verb, "partialResultCallbackMethod"), itertools.count()

    def send(text: str) -> None:
        if run.call.is_over:
            return
        params = {"UnstableSpeechResult": text, "Stability": "0.5", "SequenceNumber": str(next(numbers))}
        run.world.webhooks.send(run.call, OutgoingRequest("partial", url, method, tuple(params.items())))

    def report(speech: Speech) -> None:
        words = speech.text.split()
        half = " ".join(words[: (len(words) + 1) // 2])
        run.world.clock.call_later(speech.seconds / 2, lambda: send(half))
        run.world.clock.call_later(speech.seconds, lambda: send(speech.text))

    return report
