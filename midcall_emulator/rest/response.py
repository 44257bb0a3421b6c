"""Responses of operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP status and the fields of the body; 204 has no body."""

    status: int
    body: dict[str, Any] | None = None
