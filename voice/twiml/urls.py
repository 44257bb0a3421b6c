"""The URLs in a TwiML document, which are made absolute.

Inline TwiML has no URL of its own that a URL could be relative to
(https://www.twilio.com/docs/api/errors/15004).
"""

import re
from urllib.parse import urljoin, urlsplit

from voice.twiml.findings import shortened
from voice.twiml.vocabulary import Element

WEB = ("https", "http")
WEBSOCKET = ("wss",)
SIP = ("sip", "sips")
# The SDK does not say which elements need WebSocket, and that payments need https.
# https://www.twilio.com/docs/voice/twiml/stream
# https://www.twilio.com/docs/voice/twiml/connect/conversationrelay
# https://www.twilio.com/docs/api/errors/15004
OTHER_SCHEMES = {
    ("Stream", "url"): WEBSOCKET,
    ("ConversationRelay", "url"): WEBSOCKET,
    ("Pay", "action"): ("https",),
}
# An empty waitUrl means no music: https://www.twilio.com/docs/voice/twiml/conference
MAY_BE_EMPTY = ("waitUrl",)
NEVER_IN_A_URL = re.compile(r"[\s\\\x00-\x1f\x7f]")


class NotAUrl(ValueError):
    """A URL that cannot be sent. The message continues a sentence that starts with "'action' of <Gather>"."""


def attributes_with_urls(element: Element) -> list[str]:
    """The attributes that hold a URL. The SDK names all of these attributes, and no others, this way."""
    return [
        name for name in element.attributes if name in ("action", "url") or name.endswith(("Url", "Callback"))
    ]


def schemes_of(element: Element, attribute: str) -> tuple[str, ...]:
    """The schemes that Twilio accepts in an attribute."""
    return OTHER_SCHEMES.get((element.name, attribute), WEB)


def schemes_of_text(element: Element) -> tuple[str, ...]:
    """The schemes that Twilio accepts in the text of an element; empty if its text is not a URL."""
    return {"url": WEB, "sip_url": SIP}.get(element.text or "", ())


def absolute(url: str, base_url: str, schemes: tuple[str, ...]) -> str:
    """The URL to send: unchanged if it has a scheme, else joined to the folder `base_url`.

    Raises NotAUrl if it is malformed, has no host, or has none of these schemes.
    """
    text = url.strip()
    _refuse_malformed(text)
    whole = text if urlsplit(text).scheme or schemes == SIP else _joined(text, base_url, schemes)
    parts = urlsplit(whole)
    if parts.scheme not in schemes:
        beginnings = " or ".join(f"{scheme}:" for scheme in schemes)
        raise NotAUrl(f"has '{shortened(text)}', but must start with {beginnings}.")
    if not (parts.path if schemes == SIP else parts.hostname):
        raise NotAUrl(f"has '{shortened(text)}', which has no host.")
    return whole


def _refuse_malformed(text: str) -> None:
    if not text:
        raise NotAUrl("is empty. Enter a URL.")
    if NEVER_IN_A_URL.search(text):
        raise NotAUrl(f"has '{shortened(text)}'. Remove blanks and backslashes.")
    if text[0] in "?#":
        raise NotAUrl(f"has '{shortened(text)}', but inline TwiML has no URL to add this to.")
    try:
        _ = urlsplit(text).port
    except ValueError as error:
        raise NotAUrl(f"has '{shortened(text)}', which is not a URL.") from error


def _joined(relative: str, base_url: str, schemes: tuple[str, ...]) -> str:
    scheme = WEBSOCKET[0] if schemes == WEBSOCKET else urlsplit(base_url).scheme
    if not relative.startswith("//"):
        relative = urljoin(base_url + "/", relative).partition(":")[2]
    return f"{scheme}:{relative}"
