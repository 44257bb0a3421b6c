"""A bare WSGI callable that answers a constant: what the web server alone leaves to any app on it."""

from collections.abc import Callable, Iterable
from typing import Any

from twilio.twiml.voice_response import Gather, VoiceResponse


def _constant() -> bytes:
    gather = Gather(input="dtmf speech", action="/voice/scenes/menu", timeout=5, num_digits=1)
    gather.say("For our opening hours, press 1. To talk to somebody, press 2. To leave a message, press 3.")
    response = VoiceResponse()
    response.say("Welcome.")
    response.append(gather)
    response.redirect("/voice/scenes/menu")
    return str(response).encode()


TWIML = _constant()
HEADERS = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(TWIML)))]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    start_response("200 OK", HEADERS)
    return (TWIML,)
