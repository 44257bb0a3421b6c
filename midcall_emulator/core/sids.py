"""Twilio's identifiers, two letters for the kind and 32 hexadecimal digits, and collections keyed by them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


def new_sid(prefix: str) -> str:
    """Return a new identifier such as ``CA0123…``, 34 characters long."""
    return prefix + uuid.uuid4().hex


class _HasSid(Protocol):
    sid: str


Resource = TypeVar("Resource", bound=_HasSid)


class BySid(Generic[Resource]):
    """Resources of one kind by sid, oldest first."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Resource] = {}

    def add(self, resource: Resource) -> Resource:
        """Add a resource, and return it."""
        self._by_sid[resource.sid] = resource
        return resource

    def get(self, sid: str) -> Resource | None:
        """Return the resource with a sid, None if there is none."""
        return self._by_sid.get(sid)

    def remove(self, sid: str) -> None:
        """Remove the resource with a sid, if there is one."""
        self._by_sid.pop(sid, None)

    def __iter__(self) -> Iterator[Resource]:
        return iter(list(self._by_sid.values()))
