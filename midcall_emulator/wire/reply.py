"""The reply to a request: the app's response, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from midcall_emulator.core.outcomes import Problem


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a request. ``failure`` is the failure as the retry policy of a connection override names it
    (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides)."""

    url: str = ""
    status: int | None = None
    content_type: str = ""
    charset: str = ""
    body: bytes = b""
    location: str = ""
    problem: Problem | None = None
    failure: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the body as text, decoded as UTF-8."""
        return self.body.decode("utf-8", "replace")


def failed_reply(url: str, code: int, message: str, failure: str = "") -> Reply:
    """Return the reply to a request that got no response."""
    return Reply(url=url, problem=Problem(code, message, url), failure=failure)
