"""What every page of the console shares: the blueprint, the navigation, its headers, its errors."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from voice.errors import MidcallError, NotSignedIn
from voice.operators.roles import Operator
from voice.web.errors import http_error, midcall_error, unexpected_error

blueprint = Blueprint("console", __name__, url_prefix="/console")
QUESTION = "ask-first"  # no argument of a command or a scene can be called so
POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "media-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip


class Entry(NamedTuple):
    """One line of the navigation: what it says, the view behind it, its place, and who sees it.

    A page's module that defines `ENTRY` is in the navigation.
    """

    title: str
    endpoint: str
    place: int
    role: str = "viewer"


NAVIGATION: list[Entry] = []  # filled from the modules of this package when it is read


@blueprint.context_processor
def _frame() -> dict[str, Any]:
    """What the frame around every page shows."""
    somebody: Operator | None = g.get("operator")
    return {
        "navigation": [entry for entry in NAVIGATION if somebody and somebody.has_role(entry.role)],
        "somebody": somebody,
        "can_act": somebody is not None and somebody.has_role("operator"),
    }


@blueprint.before_request
def ask_first() -> ResponseReturnValue | None:
    """A question that was sent along was asked by no script: it is asked now, and the form sent on without it."""
    asked = ("csrf_token", QUESTION)
    if QUESTION not in request.form:
        return None
    values = [pair for pair in request.form.items(multi=True) if pair[0] not in asked]
    return render_template(
        "console/confirm.html", question=request.form[QUESTION], values=values, back=_came_from()
    )


def _came_from() -> str:
    """The page of ours on which the button stood."""
    came, root = urlsplit(request.referrer or ""), url_for("console.live")
    ours = came.netloc == request.host and came.path.startswith(root)
    return came._replace(scheme="", netloc="").geturl() if ours else root


@blueprint.after_request
def guarded(response: Response) -> Response:
    """Nothing inline, nothing from another host, nothing kept, nothing framed."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.errorhandler(NotSignedIn)
def ask_to_sign_in(_error: NotSignedIn) -> ResponseReturnValue:
    """The way back is kept for reading; a change has to be asked for again."""
    came_for = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("console.sign_in", next=came_for), 303)


@blueprint.errorhandler(MidcallError)
def refused(error: MidcallError) -> ResponseReturnValue:
    """The status and the words of the API, as a page."""
    return _as_page(midcall_error(error))


@blueprint.errorhandler(HTTPException)
def not_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses."""
    return _as_page(http_error(error))


@blueprint.errorhandler(Exception)
def broken(error: Exception) -> ResponseReturnValue:
    """A bug of ours."""
    return _as_page(unexpected_error(error))


def _as_page(answer: Response) -> ResponseReturnValue:
    status, message = answer.status_code, answer.get_json()["error"]["message"]
    return render_template("console/error.html", status=status, message=message), status
