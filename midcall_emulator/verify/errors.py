"""What ends a run, or one scenario of it."""

from __future__ import annotations


class RefusalError(Exception):
    """The run cannot start or go on; the message tells the owner what to do."""


class UnclearError(Exception):
    """A scenario has no answer; the message says what did not happen."""
