"""Which parts of a TwiML document are URLs, and how they become absolute.

TwiML that is sent with an update has no address of its own that a URL could be relative to
(https://www.twilio.com/docs/api/errors/15004).
"""

import re
from urllib.parse import urljoin, urlsplit

from voice.twiml.findings import shortened
from voice.twiml.vocabulary import Element

WEB = ("https", "http")
WEBSOCKET = ("wss",)
SIP = ("sip", "sips")
# What the SDK does not tell: who speaks WebSocket, and that payments need https.
# https://www.twilio.com/docs/voice/twiml/stream
# https://www.twilio.com/docs/voice/twiml/connect/conversationrelay
# https://www.twilio.com/docs/api/errors/15004
OTHER_SCHEMES = {
    ("Stream", "url"): WEBSOCKET,
    ("ConversationRelay", "url"): WEBSOCKET,
    ("Pay", "action"): ("https",),
}
# Without music, that is: https://www.twilio.com/docs/voice/twiml/conference
MAY_BE_EMPTY = ("waitUrl",)
NEVER_IN_A_URL = re.compile(r"[\s\\\x00-\x1f\x7f]")


class NotAUrl(ValueError):
    """A URL cannot be sent. The message goes on where "'action' of <Gather>" stops."""


def attributes_with_urls(element: Element) -> list[str]:
    """Its attributes that hold a URL: the SDK names all of them this way, and no others."""
    return [
        name for name in element.attributes if name in ("action", "url") or name.endswith(("Url", "Callback"))
    ]


def schemes_of(element: Element, attribute: str) -> tuple[str, ...]:
    """The schemes that Twilio takes in an attribute with a URL."""
    return OTHER_SCHEMES.get((element.name, attribute), WEB)


def schemes_of_text(element: Element) -> tuple[str, ...]:
    """The schemes of an element whose text is an address; none for one whose text is something else."""
    return {"url": WEB, "sip_url": SIP}.get(element.text or "", ())


def absolute(url: str, base_url: str, schemes: tuple[str, ...]) -> str:
    """The URL to send: itself if it has a scheme, else what it means relative to the folder `base_url`.

    Raises NotAUrl for what is not one, names no host, or has none of these schemes.
    """
    text = url.strip()
    _refuse_nonsense(text)
    whole = text if urlsplit(text).scheme or schemes == SIP else _joined(text, base_url, schemes)
    parts = urlsplit(whole)
    if parts.scheme not in schemes:
        beginnings = " or ".join(f"{scheme}:" for scheme in schemes)
        raise NotAUrl(f"has '{shortened(text)}', but must begin with {beginnings}")
    if not (parts.path if schemes == SIP else parts.hostname):
        raise NotAUrl(f"has '{shortened(text)}', which names no host")
    return whole


def _refuse_nonsense(text: str) -> None:
    if not text:
        raise NotAUrl("is empty; it needs a URL")
    if NEVER_IN_A_URL.search(text):
        raise NotAUrl(f"has '{shortened(text)}'; no blank or backslash can stand in a URL")
    if text[0] in "?#":
        raise NotAUrl(f"has '{shortened(text)}', but TwiML sent inline has no URL of its own to add that to")
    try:
        _ = urlsplit(text).port
    except ValueError as error:
        raise NotAUrl(f"has '{shortened(text)}', which is not a URL") from error


def _joined(relative: str, base_url: str, schemes: tuple[str, ...]) -> str:
    scheme = WEBSOCKET[0] if schemes == WEBSOCKET else urlsplit(base_url).scheme
    if not relative.startswith("//"):
        relative = urljoin(base_url + "/", relative).partition(":")[2]
    return f"{scheme}:{relative}"
