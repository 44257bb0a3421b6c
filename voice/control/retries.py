"""Retries of commands that run without an operator waiting: plans and rules."""

from __future__ import annotations

from voice.errors import MidcallError, NotSent, TwilioFailed

LONGEST_DELAY_SECONDS = 60.0


def is_safe_to_retry(error: MidcallError) -> bool:
    """True if Twilio certainly did not execute the request: it was unreachable, not asked, or refused it with 429."""
    return isinstance(error, NotSent) or (isinstance(error, TwilioFailed) and error.executed is False)


def retry_delay(attempt: int) -> float:
    """Seconds between this attempt and the next: 2, 4, 8, at most 60."""
    return min(2.0**attempt, LONGEST_DELAY_SECONDS)
