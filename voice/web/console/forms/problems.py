"""Error messages of a form. voice/validation/model_input.py has the texts for wrong values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from voice.errors import MidcallError, WouldDrop

CONSENT = "even_if_dropping"  # the argument that accepts the disconnection of the other party
ASK_FOR_CONSENT = (
    "Select this to disconnect the other party, or start a conference first to keep everyone connected."
)


class HasError(Protocol):
    """A part of a form that shows an error of its own."""

    error: str


def field_errors(error: MidcallError | None) -> Sequence[Mapping[str, Any]]:
    """The errors by field: `field` and `message`."""
    if isinstance(error, WouldDrop):
        return [{"field": CONSENT, "message": ASK_FOR_CONSENT}]
    return (error and error.fields) or ()


def general_problem(error: MidcallError | None, parts: Iterable[HasError]) -> str:
    """The message above the fields: everything that no part of the form shows."""
    if error is None:
        return ""
    by_field = field_errors(error)
    if not by_field:
        return error.message
    shown = {part.error for part in parts if part.error}
    return " ".join(one["message"] for one in by_field if one["message"] not in shown)
