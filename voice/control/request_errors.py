"""What an error means for a command: Twilio was not asked, or may have executed it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from voice.errors import MidcallError, NotSent, OutcomeUnknown, RegistryUnavailable

log = logging.getLogger(__name__)
CHECK_FIRST = "Check the result before you try again."


@contextmanager
def nothing_sent() -> Iterator[None]:
    """Raise NotSent if the registry fails in this block."""
    try:
        yield
    except RegistryUnavailable as error:
        raise NotSent(f"Twilio was not asked. {error.message}") from error


@contextmanager
def perhaps_executed() -> Iterator[None]:
    """Raise OutcomeUnknown if the registry or Midcall fails in this block, which asks Twilio as well."""
    try:
        yield
    except RegistryUnavailable as error:
        raise OutcomeUnknown(f"The database failed while the command ran. {CHECK_FIRST}") from error
    except MidcallError:
        raise
    except Exception as error:
        log.exception("A command failed while it ran.")
        raise OutcomeUnknown(f"Midcall failed while the command ran. {CHECK_FIRST}") from error
