"""Retry or report? One decision for every command that runs without an operator waiting: plans, rules and bulk runs.

A request that Twilio may have executed is never repeated. An operator sees the same decision: `refused` means that
nothing was done, `unconfirmed` that it may have been.
"""

from __future__ import annotations

from voice.errors import MidcallError, NotSent, TwilioFailed
from voice.registry import CommandRecord

LONGEST_DELAY_SECONDS = 60.0


def is_safe_to_retry(error: MidcallError) -> bool:
    """True if Twilio certainly did not execute the request: it was unreachable, not asked, or refused it with 429."""
    return isinstance(error, NotSent) or (isinstance(error, TwilioFailed) and error.executed is False)


def was_not_executed(record: CommandRecord) -> bool:
    """True if `is_safe_to_retry` was true for the error that ended the command."""
    return record.state == "refused" and record.error_code in (NotSent.code, TwilioFailed.code)


def retry_delay(attempt: int) -> float:
    """Seconds between this attempt and the next: 2, 4, 8, at most 60."""
    return min(2.0**attempt, LONGEST_DELAY_SECONDS)
