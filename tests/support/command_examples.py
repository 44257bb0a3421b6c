"""Example arguments of a command, from the JSON schema of its model. A new command needs no entry in a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voice.control.base import Command

BY_TYPE = {"string": "words", "integer": 7, "number": 7, "boolean": True, "object": {"key": "value"}}


def example_arguments(kind: type[Command]) -> dict[str, Any]:
    """A value for each argument that has an example, and for each other one that is required."""
    schema = kind.Arguments.model_json_schema()
    required = schema.get("required", [])
    fields = {name: _examples(field) for name, field in schema["properties"].items()}
    return {
        name: examples[0] if examples else BY_TYPE[schema["properties"][name]["type"]]
        for name, examples in fields.items()
        if examples or name in required
    }


def _examples(field: Mapping[str, Any]) -> list[Any]:
    alternatives = [one["examples"] for one in field.get("anyOf", []) if "examples" in one]
    return [*field.get("examples", []), *(example for found in alternatives for example in found)]
