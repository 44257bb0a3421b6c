"""TwiML for requests that cannot be answered with a scene: an apology or a pause, then another request."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from twilio.twiml.voice_response import VoiceResponse

TRIES = 3
WAIT_SECONDS = 5
_SORRY = "We are sorry, something is not working. Please call again later. Goodbye."
GOODBYE = (
    f"<Response><Say>{_SORRY}</Say><Hangup/></Response>"  # needs no library, for when everything else fails
)


def apology(url: str, retry: int) -> str:
    """An apology after which Twilio requests `url` again; after three retries a goodbye."""
    response = VoiceResponse()
    if retry >= TRIES:
        response.say(_SORRY)
        response.hangup()
    else:
        response.say("One moment, please.")
        response.pause(length=2)
        response.redirect(_with_retry(url, retry + 1))
    return str(response)


def wait(url: str) -> str:
    """A pause, after which Twilio requests `url`."""
    response = VoiceResponse()
    response.pause(length=WAIT_SECONDS)
    response.redirect(url)
    return str(response)


def _with_retry(url: str, retry: int) -> str:
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "retry"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("retry", retry)])))
