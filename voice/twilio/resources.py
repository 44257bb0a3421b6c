"""Twilio's resources as plain dictionaries, in Twilio's own field names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from voice.json_record import iso

Resource = dict[str, Any]


def as_resource(instance: Any) -> Resource:
    """The fields of an SDK instance, without the SDK's internals. Dates are aware datetimes."""
    fields = {name: value for name, value in vars(instance).items() if not name.startswith("_")}
    return {**fields, "from": instance._from} if hasattr(instance, "_from") else fields


def as_json(resource: Resource) -> Resource:
    """The resource with its dates in ISO 8601."""
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in resource.items()}
