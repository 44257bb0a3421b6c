"""Errors over HTTP: one table of statuses, and one JSON shape."""

from __future__ import annotations

import logging
from typing import Annotated

from flask import Flask, Response, request
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.exceptions import HTTPException, InternalServerError

from voice import errors
from voice.errors import MidcallError
from voice.registry import CommandRecord

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
    errors.NotSent: 503,
    errors.OutcomeUnknown: 500,
    errors.LimitReached: 503,
    errors.TooManyRequests: 429,
}
HTTP_CODES = {
    400: "malformed", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
    415: "malformed",
}  # fmt: skip


def _is_none(value: object) -> bool:
    return value is None


class FieldError(BaseModel):
    """A field that was refused, and why. The field is empty if the reason concerns several fields.

    `line` and `column` are there for a problem in a TwiML document.
    """

    model_config = ConfigDict(extra="forbid")

    field: str
    message: str
    line: Annotated[int | None, Field(exclude_if=_is_none)] = None
    column: Annotated[int | None, Field(exclude_if=_is_none)] = None


class ErrorDetails(BaseModel):
    """The code is for programs, the message for people. `fields` is there if arguments were refused."""

    code: str
    message: str
    twilio_code: int | None
    fields: Annotated[list[FieldError] | None, Field(exclude_if=_is_none)] = None


class ErrorAnswer(BaseModel):
    """The answer to a request that failed. `command` is there if a command was recorded."""

    error: ErrorDetails
    command: Annotated[CommandRecord | None, Field(exclude_if=_is_none)] = None


def register(app: Flask) -> None:
    """Answer every error in this shape."""
    app.register_error_handler(MidcallError, midcall_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected_error)


def midcall_error(error: MidcallError) -> Response:
    """Answer with the error, and with the command if one was recorded."""
    status = status_of(error)
    fields = None if error.fields is None else [FieldError(**field) for field in error.fields]
    details = ErrorDetails(
        code=error.code, message=error.message, twilio_code=error.twilio_code, fields=fields
    )
    headers = {
        401: {"WWW-Authenticate": _challenge()}, 429: {"Retry-After": "5"}, 503: {"Retry-After": "1"},
    }  # fmt: skip
    response = _response(ErrorAnswer(error=details, command=error.command), status)
    response.headers.update(headers.get(status, {}))
    return response


def status_of(error: MidcallError) -> int:
    """The status of the error's class, or of its nearest base class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _response(answer: ErrorAnswer, status: int) -> Response:
    return Response(answer.model_dump_json(by_alias=True), status, mimetype="application/json")


def _challenge() -> str:
    """Programs send a bearer token. A browser that opens a page asks for a password, and the token is the password."""
    kind = "Basic" if "text/html" in request.headers.get("Accept", "") else "Bearer"
    return f'{kind} realm="Midcall"'


def http_error(error: HTTPException) -> Response:
    """Answer errors of Flask and Werkzeug: unknown routes, wrong methods, bodies that are too large."""
    status = error.code or 500
    code, message = HTTP_CODES.get(status, "http_error"), error.description or error.name
    response = _response(
        ErrorAnswer(error=ErrorDetails(code=code, message=message, twilio_code=None)), status
    )
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def unexpected_error(error: Exception) -> Response:
    """Log a bug with its traceback, and answer without it."""
    log.error("unexpected error", exc_info=error)
    return http_error(InternalServerError("Midcall failed. The error was logged."))
