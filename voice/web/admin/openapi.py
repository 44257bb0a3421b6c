"""The API document (OpenAPI 3.1), made of what the code itself knows: routes, docstrings, models, catalogues."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from flask import Flask
from pydantic import BaseModel
from werkzeug.routing import Rule

from voice.bulk.selection import Request
from voice.control.base import CallCommand, CommandKind
from voice.plans import schedule
from voice.rules.engine import rulebook
from voice.web.admin import queries, shapes
from voice.web.admin.bulk import Start

if TYPE_CHECKING:
    from voice.services import Services

QUERIES: dict[str, type[BaseModel]] = {
    "calls": queries.CallsQuery,
    "call": queries.CallQueryString,
    "twilio_calls": queries.TwilioCallsQuery,
    "events": queries.EventsQuery,
    "live_calls": queries.LiveQuery,
    "live_events": queries.EventsQuery,
    "figures": queries.FiguresQuery,
    "list_plans": queries.PlansQuery,
    "list_bulk": queries.BulkRunsQuery,
    "report_bulk": queries.ReportQuery,
}
BODIES: dict[str, tuple[type[BaseModel], str]] = {
    "change_plan": (schedule.Change, "200"),
    "make_rule": (rulebook.NewRule, "201"),
    "change_rule": (rulebook.Change, "200"),
    "preview_bulk": (Request, "200"),
    "start_bulk": (Start, "201"),
}
NOT_JSON = {
    "download_bulk": "text/csv",
    "events": "text/event-stream",
    "live_events": "text/event-stream",
    "docs": "text/html",
    "recording_media": "audio/x-wav",
}
PARAMETER = re.compile(r"<(?:(int):|\w+\(.*?\):)?(\w+)>")  # of a route of Flask's
CALL_SID = {"name": "call_sid", "in": "path", "required": True, "schema": {"type": "string"}}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "makes a repeat harmless",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
ERRORS = {
    "400": "malformed",
    "401": "no token, or a wrong one",
    "403": "the role does not reach that far",
    "404": "unknown",
    "409": "the call is not in a state for it",
    "413": "too large",
    "422": "arguments refused, with the fields",
    "502": "Twilio refused or failed",
    "503": "the registry is not available, or a bound was reached",
    "504": "Twilio did not answer",
}


def document(app: Flask, services: Services) -> dict[str, Any]:
    """The document for this app, its scenes and its commands."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint in ("admin.run_command", "admin.run_alone"):
            paths |= _command_paths(services, for_call=rule.endpoint == "admin.run_command")
        elif rule.endpoint.startswith("admin."):
            path = paths.setdefault(PARAMETER.sub(r"{\2}", rule.rule), {})
            path |= {method: _operation(app, services, rule) for method in _methods(rule)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Midcall admin API",
            "version": "1",
            "description": "Live control for Twilio phone calls.",
        },
        "servers": [{"url": services.config["PUBLIC_URL"]}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": shapes.COMPONENTS | _definitions(services),
        },
    }


def _definitions(services: Services) -> dict[str, Any]:
    """The models within the models of the bodies."""
    models = [model for model, _ in BODIES.values()] + [kind.Arguments for kind in services.commands.values()]
    return {name: found for model in models for name, found in _schema(model).get("$defs", {}).items()}


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(ref_template="#/components/schemas/{model}")


def _methods(rule: Rule) -> list[str]:
    return [method.lower() for method in sorted(rule.methods or ()) if method not in ("HEAD", "OPTIONS")]


def _operation(app: Flask, services: Services, rule: Rule) -> dict[str, Any]:
    name = rule.endpoint.rpartition(".")[2]
    operation = {
        "operationId": name,
        "summary": inspect.getdoc(app.view_functions[rule.endpoint]) or "",
        "parameters": _path_parameters(rule) + _query_parameters(QUERIES.get(name)),
        "responses": {
            "200": _answer(shapes.ANSWERS.get(name, {}), NOT_JSON.get(name, "application/json")),
            **_errors(),
        },
    }
    if name == "dial":
        return _plannable(operation, services.commands["dial"].Arguments, "201", shapes.CALL)
    if name in BODIES:
        return _with_body(operation, *BODIES[name], shapes.ANSWERS[name])
    return operation


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if kind else "string"}}
        for kind, name in PARAMETER.findall(rule.rule)
    ]


def _command_paths(services: Services, for_call: bool) -> dict[str, dict[str, Any]]:
    where = "calls/{call_sid}" if for_call else "commands"
    kinds = [kind for kind in services.commands.values() if issubclass(kind, CallCommand) == for_call]
    return {f"/admin/{where}/{kind.name}": {"post": _command_operation(kind)} for kind in kinds}


def _command_operation(kind: CommandKind) -> dict[str, Any]:
    for_call = issubclass(kind, CallCommand)
    operation = {
        "operationId": kind.name if for_call else f"run_{kind.name}",
        "summary": f"{kind.title}. {inspect.getdoc(kind) or ''}",
        "parameters": [CALL_SID] if for_call else [],
        "responses": _errors(),
    }
    return _plannable(operation, kind.Arguments, "200", shapes.COMMAND)


def _plannable(
    operation: dict[str, Any], arguments: type[BaseModel], status: str, answer: dict[str, Any]
) -> dict[str, Any]:
    """With the time for later among the arguments, and the plan among the answers."""
    full = _with_body(operation, arguments, status, answer)
    schema = full["requestBody"]["content"]["application/json"]["schema"]
    times = schedule.When.model_json_schema()["properties"].items()
    schema["properties"] = {**schema.get("properties", {}), **{name: _without_null(of) for name, of in times}}
    full["parameters"] = [*full["parameters"], KEY]
    full["responses"]["202"] = _answer(shapes.PLANNED) | {"description": "planned"}
    return full


def _with_body(
    operation: dict[str, Any], arguments: type[BaseModel], status: str, answer: dict[str, Any]
) -> dict[str, Any]:
    schema = {name: value for name, value in _schema(arguments).items() if name != "$defs"}
    content = {"application/json": {"schema": schema}}
    responses = {key: value for key, value in operation["responses"].items() if key != "200"}
    return {
        **operation,
        "requestBody": {"content": content, "required": bool(schema.get("required"))},
        "responses": {status: _answer(answer), **responses},
    }


def _query_parameters(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema(by_alias=True)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(field)}
        for name, field in schema.get("properties", {}).items()
    ]


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    """A query cannot say null: what is optional is left out."""
    kinds = [kind for kind in field.get("anyOf", []) if kind.get("type") != "null"]
    if not kinds:
        return field
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _answer(schema: dict[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    return {"description": "done", "content": {media_type: {"schema": schema}}}


def _errors() -> dict[str, Any]:
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": meaning, "content": body} for status, meaning in ERRORS.items()}
