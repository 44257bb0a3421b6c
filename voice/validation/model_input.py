"""Validation of input: text patterns with a hint, and error messages that tell a person what to do next.

Every model of arguments, parameters, and queries is checked by pydantic. Its messages name types and regular
expressions; `problem_text` replaces them for the API, the command line, and the forms of the console alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

from voice.errors import ArgumentsRefused
from voice.validation.json_text import storage_problem

Model = TypeVar("Model", bound=BaseModel)
REQUIRED = "Fill in this field."
_INVALID = "Enter a valid value."


@dataclass(frozen=True)
class Pattern:
    """An annotation for text that must match a regular expression; `hint` is the error message."""

    regex: str
    hint: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        text = next((one for one in described.get("anyOf", ()) if one.get("type") == "string"), described)
        text["pattern"] = self.regex
        return described

    def _check(self, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(self.regex, value):
            raise PydanticCustomError("pattern", "{hint}", {"hint": self.hint})
        return value


def validate(model: type[Model], given: Mapping[str, Any], where: str = "") -> Model:
    """The instance of the model. Raises ArgumentsRefused with every wrong field, its name prefixed by `where`."""
    _require_storable(given, where)
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise invalid(
            [{"field": where + _path(one), "message": problem_text(one)} for one in found]
        ) from None


def _require_storable(given: Mapping[str, Any], where: str) -> None:
    problems = {name: storage_problem(name) or storage_problem(value) for name, value in given.items()}
    found = [{"field": where + _shown(name), "message": text} for name, text in problems.items() if text]
    if found:
        raise invalid(found)


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode().replace("\0", "?")


def invalid(fields: Sequence[dict[str, Any]]) -> ArgumentsRefused:
    """The error for arguments; its message names each field, for a reader who sees no form."""
    texts = [f"{one['field']}: {one['message']}" if one["field"] else one["message"] for one in fields]
    return ArgumentsRefused("; ".join(texts), fields=list(fields))


def _path(error: ErrorDetails) -> str:
    return ".".join(str(part) for part in error["loc"])


def problem_text(error: ErrorDetails) -> str:
    """The message for one pydantic error, as a sentence that says what to enter."""
    if error["type"] == "value_error":
        return as_sentence(str(error["ctx"]["error"]))
    if error["type"] == "pattern":
        return error["msg"]
    text = _TEXTS.get(error["type"])
    if text is None:
        return _INVALID
    return text if isinstance(text, str) else text(error.get("ctx", {}))


def as_sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def _too_short(context: Mapping[str, Any]) -> str:
    return REQUIRED if context["min_length"] == 1 else f"Enter at least {context['min_length']:,} characters."


_TEXTS: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    "missing": REQUIRED,
    "extra_forbidden": "Remove this unknown field.",
    "string_type": "Enter text.",
    "string_too_short": _too_short,
    "string_too_long": lambda context: f"Enter at most {context['max_length']:,} characters.",
    "too_short": lambda context: f"Choose at least {context['min_length']:,}.",
    "too_long": lambda context: f"Choose at most {context['max_length']:,}.",
    "int_parsing": "Enter a whole number.",
    "int_type": "Enter a whole number.",
    "int_from_float": "Enter a whole number.",
    "float_parsing": "Enter a number.",
    "float_type": "Enter a number.",
    "finite_number": "Enter a number.",
    "greater_than": lambda context: f"Enter more than {context['gt']:,}.",
    "greater_than_equal": lambda context: f"Enter {context['ge']:,} or more.",
    "less_than": lambda context: f"Enter less than {context['lt']:,}.",
    "less_than_equal": lambda context: f"Enter {context['le']:,} or less.",
    "literal_error": lambda context: f"Choose {context['expected']}.",
    "bool_type": "Choose yes or no.",
    "bool_parsing": "Choose yes or no.",
    "dict_type": 'Enter a JSON object like {"name": "value"}.',
    "model_type": 'Enter a JSON object like {"name": "value"}.',
    "list_type": "Enter a list.",
    "datetime_type": "Enter a date and time like 2026-03-01T09:30:00Z.",
    "datetime_parsing": "Enter a date and time like 2026-03-01T09:30:00Z.",
    "datetime_from_date_parsing": "Enter a date and time like 2026-03-01T09:30:00Z.",
    "timezone_aware": "Add a time zone, as in 2026-03-01T09:30:00Z.",
}
