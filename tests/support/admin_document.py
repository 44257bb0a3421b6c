"""The admin API's own document, to hold real answers against it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import jsonschema_rs

JSON = "application/json"


class AdminDocument:
    """An OpenAPI document of the admin API. Here its objects have no fields but those they list."""

    def __init__(self, document: dict[str, Any]):
        self._paths: dict[str, Any] = document["paths"]
        self._components = {
            "schemas": {name: closed(one) for name, one in document["components"]["schemas"].items()}
        }
        self._validators: dict[tuple[str, str, int], jsonschema_rs.Validator] = {}

    def check(self, method: str, path: str, status: int, media_type: str, body: Any) -> None:
        """Assert that the document describes this answer; a path that is not in it must be 404 or 405."""
        template = self._template(path)
        if template is None or method.lower() not in self._paths[template]:
            assert status in (404, 405), f"{method} {path} is not in the document and answered {status}"
            return
        where = f"{method} {template} {status}"
        answers = self._paths[template][method.lower()]["responses"]
        assert str(status) in answers, f"{where}: the document has no such status"
        assert media_type in answers[str(status)]["content"], f"{where}: the document has no {media_type}"
        if media_type == JSON:
            problems = [str(one) for one in self._validator(template, method, status).iter_errors(body)]
            assert not problems, f"{where}: {problems[0]}"

    def _validator(self, template: str, method: str, status: int) -> jsonschema_rs.Validator:
        key = (template, method, status)
        if key not in self._validators:
            answer = self._paths[template][method.lower()]["responses"][str(status)]
            schema = closed(answer["content"][JSON]["schema"])
            self._validators[key] = jsonschema_rs.validator_for({**schema, "components": self._components})
        return self._validators[key]

    def _template(self, path: str) -> str | None:
        return next((template for template, pattern in self._patterns if pattern.fullmatch(path)), None)

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """Each path as a pattern; paths with fewer parameters first."""
        templates = sorted(self._paths, key=lambda path: path.count("{"))
        return [(path, re.compile(re.sub(r"\{\w+\}", "[^/]+", path))) for path in templates]


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object with `additionalProperties: false`, any other schema as it is."""
    return {"additionalProperties": False, **schema} if "properties" in schema else schema
