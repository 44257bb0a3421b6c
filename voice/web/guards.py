"""Who may reach what: one table of blueprints, closed by default; what is not listed cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, current_app, g, request

from voice.errors import BadSignature, NotAllowed, NotSignedIn, RegistryUnavailable
from voice.operators.roles import Operator, operator_of
from voice.twilio.signature import SignedRequest
from voice.web.session_user import SAFE, asked_for_by_a_page, rules, user
from voice.web.webhooks.form import Webhook, parse_form

if TYPE_CHECKING:
    from voice.services import Services

View = TypeVar("View", bound=Callable[..., Any])
ANYBODY = "anybody"
ADMIN_ROLE = {
    "events": "viewer", "dial": "operator", "run_command": "viewer", "run_alone": "viewer",  # each command has its own
    "preview_bulk": "viewer", "start_bulk": "viewer", "cancel_bulk": "viewer",  # the command says who may
    "change_plan": "operator", "cancel_plan": "operator", "recording_media": "operator",
}  # fmt: skip


def services() -> Services:
    """What this app was built of."""
    return current_app.extensions["midcall"]


def raw_target() -> str:
    """The request target as it came over the wire, still percent-encoded: that is what was signed."""
    return request.environ.get("RAW_URI") or request.full_path


def nobody_in_particular() -> None:
    """Open to all: liveness, readiness."""


def signed_by_twilio() -> None:
    """Reads the webhook into `g.webhook`. Raises BadSignature, Malformed."""
    body = request.get_data()
    pairs = parse_form(body) if request.mimetype == "application/x-www-form-urlencoded" else []
    signed = SignedRequest(
        request.method, raw_target(), request.content_type, body, pairs,
        request.headers.get("X-Twilio-Signature"),
    )  # fmt: skip
    if not current_app.extensions["signatures"].valid(signed):
        raise BadSignature("the X-Twilio-Signature does not fit this request, PUBLIC_URL and the auth token")
    g.webhook = Webhook.read(pairs, request.headers.get("I-Twilio-Idempotency-Token"))


def signed_in() -> None:
    """Reads the operator into `g.operator`: by a token, or by the session of one of the console's pages.

    Viewers may read, all else is up to each route's role. `g.who` asks again, while a stream is open.
    """
    g.who = _by_token() if "Authorization" in request.headers else _by_session()
    g.operator = g.who()
    g.operator.must_be(_role_needed())


def in_console() -> None:
    """Reads the person into `g.operator`: viewers may look, a change needs an admin unless its view says less."""
    view = current_app.view_functions[request.endpoint or ""]
    request.max_content_length = getattr(view, "longest_body", request.max_content_length)
    asked_for_by_a_page()
    role = getattr(view, "role", "viewer" if request.method in SAFE else "admin")
    if role != ANYBODY:
        g.operator = _by_session()()
        g.operator.must_be(role)


def open_to(role: str) -> Callable[[View], View]:
    """For a view of the console: the role that it needs, ANYBODY for the few that need none."""

    def mark(view: View) -> View:
        view.role = role  # type: ignore[attr-defined]
        return view

    return mark


def takes(longest_body: int) -> Callable[[View], View]:
    """For a view of the console that is sent longer forms than others: up to so many bytes."""

    def mark(view: View) -> View:
        view.longest_body = longest_body  # type: ignore[attr-defined]
        return view

    return mark


def _by_token() -> Callable[[], Operator]:
    return partial(operator_of, services().config, services().registry, _token())


def _by_session() -> Callable[[], Operator]:
    """The cookie counts for a change only with the proofs of a page; an open stream is no sign of life."""
    try:
        somebody = user()
    except NotSignedIn:
        raise NotSignedIn("sign in, or send a token: Authorization: Bearer …") from None
    asked_for_by_a_page()
    if not (request.endpoint or "").endswith("events"):
        with suppress(RegistryUnavailable):
            services().registry.sessions.touch(somebody.session)
    return partial(rules().operator, somebody.secret)


def _role_needed() -> str:
    endpoint = (request.endpoint or "").rpartition(".")[2]
    return ADMIN_ROLE.get(endpoint, "viewer" if request.method in SAFE else "admin")


def _token() -> str:
    """The bearer token; for reading, a browser may also send it as the password of a sign-in box."""
    given = request.authorization
    if given is None:
        raise NotSignedIn("send a token: Authorization: Bearer …")
    if given.type == "bearer":
        return given.token or ""
    if given.type == "basic" and request.method in SAFE:
        return given.password or ""
    raise NotSignedIn("send a token: Authorization: Bearer …")


GUARDS = {
    "webhooks": signed_by_twilio,
    "admin": signed_in,
    "console": in_console,
    "health": nobody_in_particular,
    "static": nobody_in_particular,  # Flask's own route for files; it belongs to no blueprint
    "bootstrap": nobody_in_particular,  # Bootstrap's own files
}


def register(app: Flask) -> None:
    """Put the table before every request. An unknown address is told as such only where it is not ours."""

    @app.before_request
    def guard() -> None:
        if request.endpoint is None:
            return
        check = GUARDS.get(request.endpoint.partition(".")[0])
        if check is None:
            raise NotAllowed("this route has no guard")
        check()


def operator() -> Operator:
    """Who is asking; there is somebody behind every admin route."""
    return g.operator
