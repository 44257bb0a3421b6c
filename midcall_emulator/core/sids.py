"""Twilio's identifiers: two letters that name the kind, and 32 hexadecimal digits; and what is kept under them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


def new_sid(prefix: str) -> str:
    """Return a fresh identifier such as ``CA0123…``, 34 characters long."""
    return prefix + uuid.uuid4().hex


class _HasSid(Protocol):
    sid: str


Resource = TypeVar("Resource", bound=_HasSid)


class BySid(Generic[Resource]):
    """Resources of one kind, oldest first."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Resource] = {}

    def add(self, resource: Resource) -> Resource:
        """Take one in; return it."""
        self._by_sid[resource.sid] = resource
        return resource

    def get(self, sid: str) -> Resource | None:
        """Return the one with this sid, None if there is none."""
        return self._by_sid.get(sid)

    def remove(self, sid: str) -> None:
        """Forget the one with this sid."""
        self._by_sid.pop(sid, None)

    def __iter__(self) -> Iterator[Resource]:
        return iter(list(self._by_sid.values()))
