"""What a caller hears when a scene cannot be built: a word of apology, a breath, and another try."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from twilio.twiml.voice_response import VoiceResponse

TRIES = 3
WAIT_SECONDS = 20  # as long as any command may take


def apology(url: str, retry: int) -> str:
    """TwiML that keeps the call alive and asks for `url` again; after three tries it says goodbye."""
    response = VoiceResponse()
    if retry >= TRIES:
        response.say("We are sorry, something is not working. Please call again later. Goodbye.")
        response.hangup()
    else:
        response.say("One moment, please.")
        response.pause(length=2)
        response.redirect(_with_retry(url, retry + 1))
    return str(response)


def wait(url: str) -> str:
    """TwiML that keeps the call where it is for a while, then asks for `url`."""
    response = VoiceResponse()
    response.pause(length=WAIT_SECONDS)
    response.redirect(url)
    return str(response)


def _with_retry(url: str, retry: int) -> str:
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "retry"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("retry", retry)])))
