"""CSV responses, one column per field (https://www.twilio.com/docs/voice/api/call-resource)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any


def render(body: Mapping[str, Any]) -> bytes:
    """Return a page or one resource as rows below a header. A nested value is JSON in its cell."""
    listed = next((value for value in body.values() if isinstance(value, list)), None)
    rows = [body] if listed is None else listed
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([list(row) for row in rows[:1]])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return file.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
