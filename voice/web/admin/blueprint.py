"""The blueprint of the admin API: every route of this package."""

from __future__ import annotations

from flask import Blueprint, Response

from voice.catalogue import Catalogue, read
from voice.web import admin
from voice.web.admin.route import Route

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def all_routes() -> Catalogue[Route]:
    """The routes, by the names of their functions."""
    return read(admin, lambda thing: isinstance(thing, Route))


def build() -> Blueprint:
    """The routes under `/admin`. Headers keep their answers out of caches and frames."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")
    for route in all_routes().values():
        blueprint.add_url_rule(route.path, route.name, route, methods=[route.method])
    blueprint.after_request(_add_headers)
    return blueprint


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.update(HEADERS)
    return response
