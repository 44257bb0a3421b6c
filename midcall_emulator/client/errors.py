"""Errors of the client."""

from __future__ import annotations


class EmulatorError(Exception):
    """The emulator refused a request; has the HTTP ``status`` and the error ``code``."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


class WaitTimeout(AssertionError):
    """A condition did not become true in time; the message has the whole call."""
