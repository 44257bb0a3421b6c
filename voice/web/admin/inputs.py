"""The input of admin routes: the query string, the JSON body and the idempotency key, each checked."""

from __future__ import annotations

from typing import Any, TypeVar, get_origin

from flask import request
from pydantic import BaseModel, ConfigDict
from werkzeug.datastructures import MultiDict

from voice.errors import Malformed
from voice.validation import parse_json, validate

Model = TypeVar("Model", bound=BaseModel)


class Query(BaseModel):
    """A query string. A name that no field has is refused: a misspelled filter must not be ignored."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def read_query(model: type[Model], given: MultiDict[str, str] | None = None) -> Model:
    """Check the query of the request, or `given`. A field with a list type may be repeated. Raises ArgumentsRefused."""
    values = request.args if given is None else given
    lists = {name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}
    return validate(model, {name: values.getlist(name) if name in lists else values[name] for name in values})


def read_body(model: type[Model]) -> Model:
    """Check the JSON object of the request. Raises Malformed, ArgumentsRefused."""
    return validate(model, json_object())


def json_object() -> dict[str, Any]:
    """The JSON object of the request; empty if the request has no body. Raises Malformed."""
    body = request.get_data()
    given = parse_json(body) if body else {}
    if not isinstance(given, dict):
        raise Malformed("Send a JSON object as the body.")
    return given


def idempotency_key() -> str | None:
    """The header Idempotency-Key, or None. Raises Malformed."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= 200 and key.isascii() and key.isprintable()):
        raise Malformed("Send an Idempotency-Key of 1 to 200 printable ASCII characters.")
    return key
