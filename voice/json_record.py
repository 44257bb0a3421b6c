"""The JSON form of a record: declared on its fields, and the same in the admin API, the feed and event details.

The API document is made from the same classes, so a field cannot be shown without being documented.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar, overload

from pydantic import Field, PlainSerializer, TypeAdapter, WithJsonSchema

Value = TypeVar("Value")


@overload
def iso(moment: datetime) -> str: ...


@overload
def iso(moment: None) -> None: ...


@overload
def iso(moment: datetime | None) -> str | None: ...


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds, `2026-03-01T09:30:00.000Z`; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


UtcTime = Annotated[
    datetime, PlainSerializer(iso, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})
]
Internal = Annotated[Value, Field(exclude=True)]  # kept in the registry, not part of the JSON form


class JsonRecord:
    """A base for frozen dataclasses. Annotations give the JSON form: UtcTime, Internal, a serialization alias."""

    def as_json(self) -> dict[str, Any]:
        """The JSON form as a dictionary."""
        kind: Any = type(self)
        form: dict[str, Any] = adapter(kind).dump_python(self, mode="json", by_alias=True)
        return form


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The serializer of a record, an answer model or a union of them; built once, at its first use."""
    return TypeAdapter(kind)
