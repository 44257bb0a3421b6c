"""Errors as pages, with the status and the message that the API would answer with."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from voice.errors import MidcallError, NotFound, NotSignedIn
from voice.web.console.blueprint import blueprint
from voice.web.errors import http_error, midcall_error, unexpected_error


@blueprint.errorhandler(NotSignedIn)
def _sign_in_first(_error: NotSignedIn) -> ResponseReturnValue:
    """Redirect to the sign-in page. It leads back to a page that was read, not to a change that was sent."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("console.sign_in", next=wanted), 303)


@blueprint.errorhandler(MidcallError)
def _midcall_error(error: MidcallError) -> ResponseReturnValue:
    return _page(midcall_error(error))


@blueprint.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> ResponseReturnValue:
    return _page(http_error(error))


@blueprint.errorhandler(Exception)
def _unexpected_error(error: Exception) -> ResponseReturnValue:
    return _page(unexpected_error(error))


@blueprint.get("/<path:_unknown>")
def unknown_page(_unknown: str) -> ResponseReturnValue:
    """An address below /console/ without a page."""
    raise NotFound("This page does not exist. Check the address.")


def _page(answer: Response) -> ResponseReturnValue:
    status, message = answer.status_code, answer.get_json()["error"]["message"]
    return render_template("console/error.html", status=status, message=message), status
