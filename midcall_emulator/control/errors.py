"""Errors of the control API, in one JSON shape."""

from __future__ import annotations


class ControlError(Exception):
    """An error response: HTTP status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    @property
    def body(self) -> dict[str, dict[str, str]]:
        """The JSON body."""
        return {"error": {"code": self.code, "message": self.message}}


def bad_request(message: str) -> ControlError:
    """Return the error for invalid input."""
    return ControlError(400, "bad_request", message)


def not_found(message: str) -> ControlError:
    """Return the error for a path or a file that does not exist."""
    return ControlError(404, "not_found", message)


def number_not_found(number: str, owned: str = "") -> ControlError:
    """Return the error for a phone number that the account does not own; ``owned`` lists those that it does."""
    hint = f"; it owns {owned}" if owned else ""
    return ControlError(404, "number_not_found", f"the account does not own {number!r}{hint}")


def wrong_state(message: str) -> ControlError:
    """Return the error for an action that the call does not allow in its state."""
    return ControlError(409, "wrong_state", message)
