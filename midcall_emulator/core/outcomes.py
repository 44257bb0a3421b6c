"""What a verb or a fetch leads to: the next document, the end of the call, or a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fetch:
    """Go and get a document from ``url``; ``params`` are sent beside the standard ones."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    is_fallback: bool = False


@dataclass(frozen=True, slots=True)
class Inline:
    """Run this TwiML, which came over REST and therefore has no URL of its own."""

    twiml: str


@dataclass(frozen=True, slots=True)
class End:
    """The call ends; ``status`` overrides what the state of the call would make of it."""

    status: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure with Twilio's code (https://www.twilio.com/docs/api/errors); ``url`` is what it happened at."""

    code: int
    message: str
    url: str = ""


Source = Fetch | Inline
Outcome = Fetch | Inline | End | Problem | None
