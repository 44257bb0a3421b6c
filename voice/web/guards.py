"""Guards: a table with the check of each blueprint. A route outside the table, or without a role, cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar, cast

from flask import Flask, Request, current_app, g, request
from werkzeug.datastructures import MultiDict

from voice.audit import Actor
from voice.errors import BadSignature, Malformed, NotAllowed, NotSignedIn, RegistryUnavailable
from voice.operators.roles import Operator
from voice.services import Services
from voice.twilio.signature import SignedRequest
from voice.validation import storage_problem
from voice.web.bearer_guesses import BearerGuesses
from voice.web.connections import prove
from voice.web.event_stream import EVENT_STREAM
from voice.web.person_limits import PersonLimits
from voice.web.session_user import SAFE, check_origin, sign_in_rules, user
from voice.web.webhooks.form import Webhook, parse_form

View = TypeVar("View", bound=Callable[..., Any])
EVERYONE = "everyone"
NO_TOKEN = "Send a token: Authorization: Bearer …"


def services() -> Services:
    """The services of this app."""
    return cast(Services, current_app.extensions["midcall"])


def limits() -> PersonLimits:
    """The bounds for each person of this app."""
    return cast(PersonLimits, current_app.extensions["limits"])


def operator() -> Operator:
    """The operator who sent the request. Every admin route has one."""
    return cast(Operator, g.operator)


def actor() -> Actor:
    """The operator who sent the request, and the address of the client. Forwarding headers are ignored."""
    return Actor(operator().name, request.remote_addr or "")


def this_request() -> Request:
    """The request itself. Flask's `request` looks it up at each access, which counts in a webhook."""
    return cast(Request, request._get_current_object())  # type: ignore[attr-defined]


def raw_target() -> str:
    """The request target as it was sent, still percent-encoded: Twilio signs this form."""
    current = this_request()
    return current.environ.get("RAW_URI") or current.full_path


def open_to_all() -> None:
    """No check, for liveness, readiness and static files."""


def signed_by_twilio() -> None:
    """Check the signature and read the webhook into `g.webhook`. Raises BadSignature, Malformed."""
    current = this_request()
    body = current.get_data()
    pairs = parse_form(body) if current.mimetype == "application/x-www-form-urlencoded" else []
    signature = current.headers.get("X-Twilio-Signature", "")
    signed = SignedRequest(current.method, raw_target(), current.content_type, body, pairs, signature)
    if not current_app.extensions["signatures"].valid(signed):
        raise BadSignature(
            "The X-Twilio-Signature does not match this request. Check PUBLIC_URL and TWILIO_AUTH_TOKEN."
        )
    prove(current.environ)
    g.webhook = Webhook.read(pairs, signature)


def signed_in_to_api() -> None:
    """Read the operator into `g.operator`, from a token or the session of a console page, and check the role.

    `g.who` reads the operator again; an open event stream calls it. Raises NotSignedIn, NotAllowed.
    """
    g.who = _by_token() if "Authorization" in request.headers else _by_session()
    g.operator = g.who()
    role = getattr(_view(), "role", None)
    if role is None:
        raise NotAllowed("This route declares no role.")
    prove(request.environ)
    g.operator.require_role(role)


def signed_in_to_console() -> None:
    """Read the operator into `g.operator`. Without a declared role, reading needs a viewer and a change an admin."""
    check_origin()
    _require_text(request.args, request.form)
    role = getattr(_view(), "role", "viewer" if request.method in SAFE else "admin")
    if role != EVERYONE:
        g.operator = _by_session()()
        prove(request.environ)
        g.operator.require_role(role)


def _require_text(*fields: MultiDict[str, str]) -> None:
    """Raises Malformed for text in the path or the fields that a database cannot store."""
    path = [value for value in (request.view_args or {}).values() if isinstance(value, str)]
    given = [text for some in fields for pair in some.items(multi=True) for text in pair]
    problem = storage_problem([*path, *given])
    if problem:
        raise Malformed(problem)


def open_to(role: str) -> Callable[[View], View]:
    """Declare the role that a console view needs; EVERYONE for a view that needs no sign-in."""

    def mark(view: View) -> View:
        view.role = role  # type: ignore[attr-defined]
        return view

    return mark


def longest_body(limit: int) -> Callable[[View], View]:
    """Declare the longest body of a console view, in bytes, if forms exceed the app's limit."""

    def mark(view: View) -> View:
        view.longest_body = limit  # type: ignore[attr-defined]
        return view

    return mark


def _view() -> Callable[..., Any]:
    return current_app.view_functions[request.endpoint or ""]


def _by_token() -> Callable[[], Operator]:
    guesses: BearerGuesses = current_app.extensions["bearer_guesses"]
    return partial(guesses.operator, _token(), request.remote_addr or "")


def _by_session() -> Callable[[], Operator]:
    """Cookies need the proofs of a page for a change. An open event stream does not extend the session."""
    try:
        visitor = user()
    except NotSignedIn:
        raise NotSignedIn(f"Sign in, or send a token: {NO_TOKEN.partition(': ')[2]}") from None
    check_origin()
    if getattr(_view(), "media_type", "") != EVENT_STREAM:
        with suppress(RegistryUnavailable):
            services().registry.sessions.touch(visitor.session)
    return partial(sign_in_rules().operator, visitor.secret)


def _token() -> str:
    """The bearer token. For reading, a browser may send the token as the password of its sign-in dialog."""
    given = request.authorization
    if given is not None and given.type == "bearer":
        return given.token or ""
    if given is not None and given.type == "basic" and request.method in SAFE:
        return given.password or ""
    raise NotSignedIn(NO_TOKEN)


GUARDS = {
    "webhooks": signed_by_twilio,
    "admin": signed_in_to_api,
    "console": signed_in_to_console,
    "health": open_to_all,
    "static": open_to_all,  # Flask's own route for files belongs to no blueprint
    "bootstrap": open_to_all,  # files of Bootstrap
}


def register(app: Flask) -> None:
    """Run the guard before every request. For an unknown address, Flask's 404 follows."""

    @app.before_request
    def guard() -> None:
        current = this_request()
        if current.endpoint is None:
            return
        check = GUARDS.get(current.endpoint.partition(".")[0])
        if check is None:
            raise NotAllowed("This route has no guard.")
        longest = getattr(app.view_functions[current.endpoint], "longest_body", None)
        if longest:
            current.max_content_length = longest
        check()
