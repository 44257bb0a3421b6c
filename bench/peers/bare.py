"""A bare WSGI app with a constant answer: the ceiling for any app on this web server."""

from collections.abc import Callable, Iterable
from typing import Any

from twilio.twiml.voice_response import VoiceResponse

SCENES = "https://midcall.example.com/voice/scenes"
MENU = (
    "To speak to an agent, press 1 or say agent. For our opening hours, press 2 or say hours. "
    "To leave a message, press 3 or say message."
)


def _constant() -> bytes:
    response = VoiceResponse()
    gather = response.gather(
        input="dtmf speech", action=f"{SCENES}/choice?attempt=1", timeout=5, num_digits=1
    )
    gather.say(MENU)
    response.redirect(f"{SCENES}/menu?attempt=2")
    return str(response).encode()


TWIML = _constant()
HEADERS = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(TWIML)))]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    start_response("200 OK", HEADERS)
    return (TWIML,)
