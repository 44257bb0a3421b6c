"""Reading attributes of verbs: a bad value is a warning on the call, and the default is used."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from emulator.outcomes import Problem
from emulator.recordings import Callback
from emulator.twiml import Verb

if TYPE_CHECKING:
    from emulator.run import Run


def whole(run: Run, verb: Verb, name: str, default: int, low: int = 0, high: int | None = None) -> int:
    """Return a whole number between the bounds, else the default."""
    text = verb.get(name, str(default)).strip()
    if text.isascii() and text.isdigit() and low <= int(text) and (high is None or int(text) <= high):
        return int(text)
    if text != "auto":
        run.warn(12200, f"{verb.name} {name}={text!r} is not usable; {default} is used")
    return default


def method(run: Run, verb: Verb, name: str = "method") -> str:
    """Return GET or POST, the default."""
    text = verb.get(name, "POST").upper()
    if text in ("GET", "POST"):
        return text
    run.warn(12200, f"{verb.name} {name}={text!r} is neither GET nor POST; POST is used")
    return "POST"


def resolve(run: Run, url: str) -> str | Problem:
    """Return ``url`` as an absolute one, seen from the running document; "" stands for that document itself.

    A document given over REST has no URL: 15004 for a relative URL in it, 11100 for "itself"
    (https://www.twilio.com/docs/api/errors/15004).
    """
    base = run.document.url
    try:
        if urlsplit(url).scheme:
            return url
        if base is not None:
            return urljoin(base, url) if url else base
    except ValueError:
        return Problem(11100, f"Invalid URL format: {url!r}", url)
    if url:
        return Problem(15004, f"Relative URL {url!r} in TwiML that was given over REST", url)
    return Problem(11100, "Invalid URL format: TwiML that was given over REST has no URL to go back to")


def recording_callback(run: Run, verb: Verb) -> Callback | None:
    """Return who is told about a recording that the verb makes."""
    if not verb.get("recordingStatusCallback"):
        return None
    url = resolve(run, verb.get("recordingStatusCallback"))
    if isinstance(url, Problem):
        run.warn(url.code, url.message)
        return None
    events = frozenset(verb.get("recordingStatusCallbackEvent", "completed").split())
    return Callback(url, method(run, verb, "recordingStatusCallbackMethod"), events)
