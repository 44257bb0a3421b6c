"""JSON schemas of the models in the API document. They are generated together, so that equal names do not collide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from voice.json_record import adapter

Schema = dict[str, Any]
_REFERENCE = "#/components/schemas/"


class DocumentSchema(GenerateJsonSchema):
    """Schemas for the document: only titles that a field declares, and every field of an answer is required."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """False: pydantic would make a title of the field's name."""
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:
        """True for every field of an answer that is always there, whether or not it has a default."""
        if self.mode == "serialization":
            return not field.get("serialization_exclude_if")
        return super().field_is_required(field, total)


class Schemas:
    """The schemas of inputs (the models of bodies) and answers, by the model."""

    def __init__(self, inputs: Iterable[Any], answers: Iterable[Any]):
        wanted = [(kind, "validation", adapter(kind)) for kind in set(inputs)]
        wanted += [(kind, "serialization", adapter(kind)) for kind in set(answers)]
        self._found, rest = TypeAdapter.json_schemas(
            wanted,  # type: ignore[arg-type]
            by_alias=True,
            ref_template=f"{_REFERENCE}{{model}}",
            schema_generator=DocumentSchema,
        )
        self._definitions: dict[str, Schema] = rest.get("$defs", {})

    def answer(self, kind: Any) -> Schema:
        """The schema of an answer: a reference to a component, or for `dict` an object."""
        return self._found[kind, "serialization"]

    def body(self, kind: Any) -> Schema:
        """The schema of a body, written out on its first level."""
        schema = self._found[kind, "validation"]
        reference = schema.get("$ref", "").removeprefix(_REFERENCE)
        return dict(self._definitions[reference]) if reference else dict(schema)

    def components(self, document: Any) -> dict[str, Schema]:
        """The definitions that the document refers to, directly or through another definition."""
        wanted: dict[str, Schema] = {}
        names = _references(document)
        while names:
            name = names.pop()
            if name not in wanted:
                wanted[name] = self._definitions[name]
                names |= _references(wanted[name])
        return dict(sorted(wanted.items()))


def query_parameters(model: type[BaseModel] | None) -> list[Schema]:
    """The fields of a query model as parameters."""
    schema = model.model_json_schema(schema_generator=DocumentSchema) if model else {}
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": without_null(field)}
        for name, field in schema.get("properties", {}).items()
    ]


def without_null(field: Schema) -> Schema:
    """The schema of an optional field, which is left out rather than null."""
    kinds = [kind for kind in field.get("anyOf", []) if kind.get("type") != "null"]
    if not kinds:
        return field
    rest = {name: value for name, value in field.items() if name not in ("anyOf", "default")}
    return {**rest, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})}


def _references(part: Any) -> set[str]:
    return set(re.findall(rf"'\$ref': '{_REFERENCE}(\w+)'", str(part)))
