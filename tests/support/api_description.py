"""Twilio's published API description from npm, made strict: all fields, no others, every format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import Draft202012Validator

from tests.support.api_examples import address_problems, kind_in, kind_of, records_in, values_in_examples
from tests.support.api_schema import (
    ADDITIONS,
    FORMATS,
    NULL,
    REPLACEMENTS,
    TEXT,
    Schema,
    either,
    strict_object,
)
from tests.support.npm import npm_file

PACKAGE = "@twilio/cli-core@9.0.0"
MEMBER = "package/src/services/twilio-api/twilio_api_v2010.json"
PREFIX = "/2010-04-01/Accounts/{AccountSid}"
METHODS = ("get", "post", "delete")
_KEYWORDS = ("type", "format", "enum", "pattern", "minLength", "maxLength")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response."""

    method: str
    path: str
    status: int
    content_type: str
    body: Any


class Description:
    """The operations of Twilio's API, and the differences between a response and its description."""

    def __init__(self) -> None:
        document = json.loads(npm_file(PACKAGE, MEMBER).read_text())
        self._schemas = document["components"]["schemas"]
        self.operations = {
            (method.upper(), path): item[method]
            for path, item in document["paths"].items()
            for method in METHODS
            if method in item
        }
        self._shapes = {operation_shape(method, path) for method, path in self.operations}
        self._empty_values, self._addresses = values_in_examples(self.operations)

    def has(self, method: str, path: str) -> bool:
        """Return whether there is such an operation, whatever the names of its placeholders."""
        return operation_shape(method, path) in self._shapes

    def problems(self, exchange: Exchange) -> list[str]:
        """Return the differences between a response and its description."""
        if exchange.status >= 400:
            return _schema_errors(_error_schema(exchange), exchange.body) + _type_errors(exchange)
        responses = self.operations[self._operation(exchange)]["responses"]
        if str(exchange.status) not in responses:
            return [f"{exchange.status} is not documented: {sorted(responses)}"]
        content = responses[str(exchange.status)].get("content")
        if content is None:
            return [] if exchange.body is None else ["a body where none is documented"]
        schema = content["application/json"]["schema"]
        found = _schema_errors(self.strict(schema), exchange.body) + _type_errors(exchange)
        kind, records = kind_of(schema), records_in(exchange.body)
        found += address_problems(records, self._addresses.get(kind, set()))
        return found + [problem for record in records for problem in self._empty_problems(kind, record)]

    def _empty_problems(self, kind: str, record: dict[str, Any]) -> Iterator[str]:
        """Compare empty values with those of the examples: null or ""."""
        for field, value in record.items():
            usual = self._empty_values.get((kind, field), [])
            if value in ("", None) and usual and value not in usual:
                yield f"{field}: {value!r}, where the examples have {usual[0]!r}"

    def strict(self, schema: Schema, kind: str = "", field: str = "") -> Schema:
        """Return a JSON schema that accepts exactly what is described."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            is_part = "properties" not in self._schemas[name]
            return self.strict(self._schemas[name], *((kind, field) if is_part else (kind_in(name), "")))
        strict = REPLACEMENTS.get((kind, field)) or self._strict_value(schema, kind)
        others = [NULL] if schema.get("nullable") else []
        others += [{"const": value} for value in self._empty_values.get((kind, field), ())]
        others += [ADDITIONS[kind, field]] if (kind, field) in ADDITIONS else []
        return either(strict, *others) if others else strict

    def _strict_value(self, schema: Schema, kind: str) -> Schema:
        if schema.get("format") == "uri-map":
            return {"type": "object", "additionalProperties": TEXT | {"format": "uri"}}
        if schema.get("format") == "phone-number-capabilities":
            return strict_object(**{name: {"type": "boolean"} for name in ("voice", "sms", "mms", "fax")})
        if "properties" in schema:
            fields = schema["properties"].items()
            return strict_object(**{name: self.strict(inner, kind, name) for name, inner in fields})
        if "items" in schema:
            return {"type": "array", "items": self.strict(schema["items"])}
        return {key: schema[key] for key in _KEYWORDS if key in schema}

    def _operation(self, exchange: Exchange) -> tuple[str, str]:
        """Return the documented operation of a request."""
        for method, path in self.operations:
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
            if method == exchange.method and re.fullmatch(pattern, exchange.path):
                return method, path
        raise AssertionError(f"{exchange.method} {exchange.path} is not documented")


def operation_shape(method: str, path: str) -> tuple[str, str]:
    """Return an operation without the names of its placeholders; ``Twilio.CURRENT`` stands for a sid."""
    return method, re.sub(r"\{\w+\}", "{}", path.replace("Twilio.CURRENT", "{}"))


def _error_schema(exchange: Exchange) -> Schema:
    """Return the schema of an error's body; the description has one for all of them, under 408."""
    code = exchange.body.get("code") if isinstance(exchange.body, dict) else None
    return strict_object(
        code={"type": "integer", "minimum": 10000, "maximum": 99999},
        message=TEXT | {"minLength": 1},
        more_info={"const": f"https://www.twilio.com/docs/errors/{code}"},
        status={"const": exchange.status},
    )


def _schema_errors(schema: Schema, body: Any) -> list[str]:
    validator = Draft202012Validator(schema, formats=FORMATS, validate_formats=True)
    return [
        f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(body)
    ]


def _type_errors(exchange: Exchange) -> list[str]:
    is_json = exchange.content_type.split(";")[0] == "application/json"
    return [] if is_json else [f"Content-Type {exchange.content_type}"]
