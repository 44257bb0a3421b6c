"""The API document: as OpenAPI for programs, and as a page for people."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, render_template

from voice.web.admin.openapi import document
from voice.web.admin.route import Route, route
from voice.web.guards import services


@route("GET", "/openapi.json", role="viewer")
def openapi_json() -> dict[str, Any]:
    """Show this document."""
    return _document()


@route("GET", "/docs", role="viewer", media_type="text/html")
def docs() -> Response:
    """Show this document as a page."""
    page = render_template("docs.html", document=_document())
    return Response(page, mimetype="text/html")


def _document() -> dict[str, Any]:
    routes = [view for view in current_app.view_functions.values() if isinstance(view, Route)]
    return document(routes, services())
