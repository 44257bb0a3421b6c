"""Operations of the API document: one for each route, and one for each command that a route runs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from voice.control.base import CommandKind
from voice.plans.schedule import StartTime
from voice.services import Services
from voice.web.admin.route import JSON, Route
from voice.web.admin.schemas import Schema, Schemas, query_parameters, without_null
from voice.web.errors import ErrorAnswer

Operation = dict[str, Any]
PARAMETER = re.compile(r"<(?:(int):|\w+\(.*?\):)?(\w+)>")  # in the path of a Flask route
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A repeat with the same key answers with the first outcome.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
ERRORS = {
    "400": "The request is malformed.",
    "401": "The token is missing or wrong.",
    "403": "The role is too low.",
    "404": "Not found.",
    "409": "The call, plan or run is not in a state for this.",
    "413": "The body is too large.",
    "422": "Arguments were refused; `fields` names them.",
    "429": "Wait: too many requests, or too many streams, exports or searches are open.",
    "500": "Midcall failed. If a command was recorded, Twilio may have executed it.",
    "502": "Twilio refused or failed.",
    "503": "The registry is not available, or a limit was reached.",
    "504": "Twilio did not answer.",
}


def operations(route: Route, services: Services, schemas: Schemas) -> Iterator[tuple[str, Operation]]:
    """The path and operation of a route; several if it runs several commands."""
    path = "/admin" + PARAMETER.sub(r"{\2}", route.path)
    if route.commands is None:
        yield path, _route_operation(route, schemas)
        return
    for kind in route.commands(services):
        yield path.replace("{command}", kind.name), _command_operation(route, kind, schemas)


def _route_operation(route: Route, schemas: Schemas) -> Operation:
    operation = _operation(route, route.name, inspect.getdoc(route) or "", schemas)
    return _with_body(operation, schemas.body(route.body)) if route.body else operation


def _command_operation(route: Route, kind: CommandKind, schemas: Schemas) -> Operation:
    operation = _operation(
        route, _command_id(route, kind), f"{kind.title}. {inspect.getdoc(kind) or ''}", schemas
    )
    operation["parameters"].append(KEY)
    operation["x-role"] = kind.role
    return _with_body(operation, _with_time(schemas.body(kind.Arguments)))


def _command_id(route: Route, kind: CommandKind) -> str:
    if "<command>" not in route.path:
        return route.name
    return kind.name if "<call_sid>" in route.path else f"run_{kind.name}"


def _operation(route: Route, name: str, text: str, schemas: Schemas) -> Operation:
    summary, _, description = text.partition("\n")
    return {
        "operationId": name,
        "summary": summary,
        "description": description.strip(),
        "x-role": route.role,
        "parameters": _path_parameters(route) + query_parameters(route.query),
        "responses": _answers(route, schemas) | _errors(schemas),
    }


def _path_parameters(route: Route) -> list[Schema]:
    named = [(kind, name) for kind, name in PARAMETER.findall(route.path) if name != "command"]
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if kind else "string"}}
        for kind, name in named
    ]


def _with_body(operation: Operation, schema: Schema) -> Operation:
    body = {"content": {JSON: {"schema": schema}}, "required": bool(schema.get("required"))}
    return {**operation, "requestBody": body}


def _with_time(arguments: Schema) -> Schema:
    """The arguments of a command, and the time for a command that runs later."""
    times = StartTime.model_json_schema()["properties"].items()
    properties = arguments.get("properties", {}) | {name: without_null(field) for name, field in times}
    return {**arguments, "properties": properties}


def _answers(route: Route, schemas: Schemas) -> dict[str, Any]:
    if route.media_type != JSON:
        return {str(route.status): _response("Success.", {"type": "string"}, route.media_type)}
    return {
        str(status): _response(_meaning(kind), schemas.answer(kind)) for status, kind in route.answers.items()
    }


def _meaning(kind: Any) -> str:
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
    return (inspect.getdoc(kind) or "Success.").partition("\n")[0] if is_model else "Success."


def _errors(schemas: Schemas) -> dict[str, Any]:
    return {status: _response(meaning, schemas.answer(ErrorAnswer)) for status, meaning in ERRORS.items()}


def _response(description: str, schema: Schema, media_type: str = JSON) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}
