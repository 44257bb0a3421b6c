"""From our errors to HTTP, in one table and one JSON shape."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from voice import errors
from voice.errors import MidcallError

log = logging.getLogger(__name__)

STATUS: dict[type[MidcallError], int] = {
    errors.Malformed: 400,
    errors.TooManyAttempts: 429,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.BadSignature: 403,
    errors.NotFound: 404,
    errors.WrongState: 409,
    errors.WouldDrop: 409,
    errors.EmergencyStopActive: 409,
    errors.KeyReused: 409,
    errors.PreviewExpired: 409,
    errors.ArgumentsRefused: 422,
    errors.TwilioRefused: 502,
    errors.TwilioFailed: 502,
    errors.TwilioTimeout: 504,
    errors.RegistryUnavailable: 503,
    errors.LimitReached: 503,
}
HTTP_CODES = {
    400: "malformed", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
    415: "malformed",
}  # fmt: skip


def error_json(code: str, message: str, twilio_code: int | None = None, **more: Any) -> dict[str, Any]:
    """The one shape: `{"error": {"code", "message", "twilio_code"}}`, and what else there is to tell."""
    return {"error": {"code": code, "message": message, "twilio_code": twilio_code, **more}}


def register(app: Flask) -> None:
    """Make the app answer every error in that shape."""
    app.register_error_handler(MidcallError, midcall_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected_error)


def midcall_error(error: MidcallError) -> ResponseReturnValue:
    """The table's status; the most special class that is in it counts."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    body = error_json(error.code, error.message, error.twilio_code)
    if error.fields is not None:
        body["error"]["fields"] = error.fields
    if error.command is not None:
        body["command"] = error.command.as_json()
    headers = {401: {"WWW-Authenticate": _challenge()}, 503: {"Retry-After": "1"}}
    return jsonify(body), status, headers.get(status, {})


def _challenge() -> str:
    """Programs send a bearer token; a browser that shows a page asks for a password, which is the token."""
    kind = "Basic" if "text/html" in request.headers.get("Accept", "") else "Bearer"
    return f'{kind} realm="Midcall"'


def http_error(error: HTTPException) -> ResponseReturnValue:
    """What Flask and Werkzeug raise by themselves: unknown routes, wrong methods, bodies that are too large."""
    status = error.code or 500
    response = jsonify(error_json(HTTP_CODES.get(status, "http_error"), error.description or error.name))
    response.status_code = status
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def unexpected_error(error: Exception) -> ResponseReturnValue:
    """A bug of ours: logged with its trace, told without."""
    log.error("unexpected", exc_info=error)
    return http_error(InternalServerError("something went wrong on our side; it has been logged"))
