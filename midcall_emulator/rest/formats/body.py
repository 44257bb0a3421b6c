"""Response bodies in the format that the path asks for: JSON, CSV, or XML without a suffix."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from midcall_emulator.rest.errors import RestError, body_for_status, body_of
from midcall_emulator.rest.formats import csv, xml
from midcall_emulator.rest.response import Response

_SUFFIXES = (".json", ".csv", ".wav", ".mp3")  # a label or a name at the end of a path may contain other dots


def encode(response: Response, path: str) -> web.Response:
    """Return the response of an operation."""
    if response.body is None:
        return web.Response(status=response.status)
    if path.endswith(".csv"):
        return web.Response(body=csv.render(response.body), content_type="text/csv", charset="utf-8")
    return _encode_body(response.status, response.body, path)


def error_response(status: int, path: str, error: RestError | None = None) -> web.Response:
    """Return the response for an error, or for a bare HTTP status as Twilio sends it."""
    return _encode_body(status, body_of(error) if error else body_for_status(status, path), path)


def _encode_body(status: int, body: dict[str, Any], path: str) -> web.Response:
    if path.endswith(_SUFFIXES):
        return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")
    return web.Response(status=status, body=xml.render(body, path), content_type="application/xml")
