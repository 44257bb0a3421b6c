"""What a verb, a document or a request leads to: the next document, the end of the call, or a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

APOLOGY = "We are sorry, an application error has occurred. Goodbye."
"""What Twilio says instead of a document that fails."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Request the next document at ``url``; ``params`` are sent in addition to the standard ones."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    is_fallback: bool = False


@dataclass(frozen=True, slots=True)
class Inline:
    """Run this TwiML, which came over REST and therefore has no URL."""

    twiml: str


@dataclass(frozen=True, slots=True)
class End:
    """End the call; a ``status`` replaces the one that follows from the state of the call."""

    status: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure with Twilio's error code (https://www.twilio.com/docs/api/errors), and the URL it concerns."""

    code: int
    message: str
    url: str = ""


Source = Fetch | Inline
Outcome = Fetch | Inline | End | Problem | None
