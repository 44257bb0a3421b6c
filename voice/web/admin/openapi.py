"""The API document (OpenAPI 3.1), made from the declarations of the routes and from the catalogue of commands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from voice.services import Services
from voice.web.admin.operations import operations
from voice.web.admin.route import JSON, Route
from voice.web.admin.schemas import Schemas
from voice.web.errors import ErrorAnswer


def document(routes: Collection[Route], services: Services) -> dict[str, Any]:
    """The document of these routes for this app."""
    schemas = _schemas(routes, services)
    paths: dict[str, dict[str, Any]] = {}
    for route in sorted(routes, key=lambda route: (route.path, route.method)):
        for path, operation in operations(route, services, schemas):
            paths.setdefault(path, {})[route.method.lower()] = operation
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
            "schemas": schemas.components(paths),
        },
    }


def _schemas(routes: Collection[Route], services: Services) -> Schemas:
    bodies: list[Any] = [route.body for route in routes if route.body]
    bodies += [kind.Arguments for kind in services.commands.values()]
    answers = [kind for route in routes if route.media_type == JSON for kind in route.answers.values()]
    return Schemas(bodies, [*answers, ErrorAnswer])
