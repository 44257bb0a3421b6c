"""JSON schemas in forms: the kind of field for a schema, and its value as text and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from voice.errors import Malformed
from voice.validation import parse_json

Schema = Mapping[str, Any]
LONG_TEXT = 500  # characters; a text that may be longer gets several lines
_LIMITS = {"minLength": "minlength", "maxLength": "maxlength", "minimum": "min", "maximum": "max"}


def resolved(one: Schema, defs: Mapping[str, Any]) -> Schema:
    """The schema without references and without `null`: in a form, a blank field stands for null."""
    if "$ref" in one:
        return {**resolved(defs.get(one["$ref"].rpartition("/")[2], {}), defs), **one}
    kinds = [kind for kind in one.get("anyOf", ()) if kind.get("type") != "null"]
    return {**resolved(kinds[0], defs), **one} if len(kinds) == 1 else one


def kind_of(one: Schema, name: str = "") -> str:
    """The kind of the schema's Field."""
    if "enum" in one:
        return "choice"
    if one.get("type") == "array" and _has_choices(one.get("items", {})):
        return "choices"
    if one.get("type") == "array" and one.get("items", {}).get("type") in ("string", "integer", "number"):
        return "lines"
    if one.get("type") == "string":
        long = one.get("maxLength", 0) >= LONG_TEXT and "url" not in name
        return "code" if one.get("format") == "twiml" else "area" if long else "text"
    return {"boolean": "check", "integer": "number", "number": "number"}.get(one.get("type", ""), "json")


def _has_choices(item: Schema) -> bool:
    return "enum" in item or item.get("format") == "scene"


def attributes(one: Schema) -> dict[str, Any]:
    """The HTML attributes with the limits that a browser checks."""
    found = {html: one[name] for name, html in _LIMITS.items() if name in one}
    if one.get("type") == "number":
        found["step"] = "any"
    return found


def as_text(kind: str, value: Any) -> Any:
    """The value as the field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool) and kind == "choice":
        return str(value).lower()
    if kind == "lines":
        return "\n".join(map(str, value)) if isinstance(value, list) else value
    if kind == "json":
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value


def as_value(kind: str, one: Schema, text: str) -> Any:
    """The value of a text. A text that is no number or JSON stays as it is, and the model refuses it."""
    if kind == "lines":
        items = one.get("items", {})
        return [as_value(kind_of(items), items, line.strip()) for line in text.splitlines() if line.strip()]
    try:
        if kind == "number":
            return int(text) if one.get("type") == "integer" else float(text)
        if kind == "json" or one.get("type") == "boolean":
            return parse_json(text)
    except (ValueError, Malformed):
        return text
    return text.replace("\r\n", "\n")
