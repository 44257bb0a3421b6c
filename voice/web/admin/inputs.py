"""The input of admin routes: the query string, the JSON body and the idempotency key, each checked."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar, get_origin

from flask import request
from pydantic import BaseModel, ConfigDict
from werkzeug.datastructures import MultiDict

from voice.errors import Malformed
from voice.validation import invalid, validate

Model = TypeVar("Model", bound=BaseModel)
_NOT_TEXT = re.compile(r"[\ud800-\udfff]|(?<!\\)(?:\\\\)*\\u0000")


class Query(BaseModel):
    """A query string. A name that no field has is refused: a misspelled filter must not be ignored."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def read_query(model: type[Model], given: MultiDict[str, str] | None = None) -> Model:
    """Check the query of the request, or `given`. A field with a list type may be repeated. Raises ArgumentsRefused."""
    values = request.args if given is None else given
    with_nul = [name for name, value in values.items(multi=True) if "\0" in name + value]
    if with_nul:
        raise invalid([{"field": name, "message": "Remove the NUL character."} for name in with_nul])
    lists = {name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}
    return validate(model, {name: values.getlist(name) if name in lists else values[name] for name in values})


def read_body(model: type[Model]) -> Model:
    """Check the JSON object of the request. Raises Malformed, ArgumentsRefused."""
    return validate(model, json_object())


def json_object() -> dict[str, Any]:
    """The JSON object of the request; empty if the request has no body. Raises Malformed."""
    if not request.get_data():
        return {}
    try:
        given = request.get_json(silent=True, force=True)
        text = json.dumps(given, ensure_ascii=False)
    except RecursionError:
        raise Malformed("The body is nested too deeply. Send a flatter JSON object.") from None
    if not isinstance(given, dict):
        raise Malformed("Send a JSON object as the body.")
    if _NOT_TEXT.search(text):
        raise Malformed("The body contains NUL or half of a surrogate pair. Send valid Unicode text.")
    return given


def idempotency_key() -> str | None:
    """The header Idempotency-Key, or None. Raises Malformed."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= 200 and key.isascii() and key.isprintable()):
        raise Malformed("Send an Idempotency-Key of 1 to 200 printable ASCII characters.")
    return key
