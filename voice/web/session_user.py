"""The operator who is signed in to the console, and the proofs that a change comes from one of its pages."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Flask, current_app, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from voice.audit import Actor
from voice.errors import NotAllowed, NotSignedIn
from voice.operators.roles import Operator
from voice.operators.sign_in import SignIn, Visitor
from voice.registry.sessions import Session

SAFE = ("GET", "HEAD")
DEVICE_SECONDS = 365 * 24 * 3600


class SignedIn(UserMixin):
    """The user for Flask-Login: one session. Its id is the secret of the session, so a session ends on all workers."""

    def __init__(self, secret: str, session: Session):
        self.secret, self.session = secret, session
        self.name, self.role = session.operator, session.role

    def get_id(self) -> str:
        """The content of the cookie."""
        return self.secret

    def as_operator(self) -> Operator:
        """The operator who acts on calls."""
        return Operator(self.name, self.role)


def register(app: Flask) -> None:
    """Set up Flask-Login and Flask-WTF. Both wait until a guard calls them."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    CSRFProtect(app)
    manager = LoginManager(app)
    manager.session_protection = None  # the registry holds the sessions and can end them

    @manager.user_loader
    def load(secret: str) -> SignedIn | None:
        found = sign_in_rules().session(secret)
        return SignedIn(secret, found) if found else None


def sign_in_rules() -> SignIn:
    """The sign-in rules of this app."""
    services = current_app.extensions["midcall"]
    return SignIn(services.config, services.registry)


def user() -> SignedIn:
    """The user of the session. Raises NotSignedIn."""
    if not is_signed_in():
        raise NotSignedIn("Sign in first.")
    return cast(SignedIn, current_user._get_current_object())


def is_signed_in() -> bool:
    """Return whether the browser has a session."""
    return bool(current_user.is_authenticated)


def begin(secret: str) -> SignedIn:
    """Sign this browser in. The content of its previous session is discarded."""
    found = sign_in_rules().session(secret)
    if found is None:
        raise NotSignedIn("Sign in first.")
    session.clear()
    visitor = SignedIn(secret, found)
    login_user(visitor)
    return visitor


def end(by: Actor) -> None:
    """Sign this browser out, on every worker."""
    found = user().session
    current_app.extensions["midcall"].registry.sessions.close(found.session_hash, found.operator, by)
    session.clear()


def check_origin() -> None:
    """Raises NotAllowed for a change that another site could have sent through the browser.

    There are two proofs: the origin that the browser states, and the token that only pages of the console hold.
    """
    if request.method in SAFE:
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc not in _own_hosts():
        raise NotAllowed("This request came from another site.")
    try:
        current_app.extensions["csrf"].protect()
    except BadRequest:
        raise NotAllowed("This page is out of date. Reload it and try again.") from None


def _own_hosts() -> set[str]:
    return {request.host, urlsplit(current_app.extensions["midcall"].config["PUBLIC_URL"]).netloc}


def visitor() -> Visitor:
    """The browser that sent the request. Forwarding headers are ignored."""
    return Visitor(
        request.remote_addr or "",
        request.headers.get("User-Agent", ""),
        request.cookies.get(_device_cookie()),
    )


def mark_device(response: Response, name: str) -> Response:
    """Set the cookie that marks the browser as a device that this operator has signed in with."""
    config = current_app.config
    response.set_cookie(
        _device_cookie(), sign_in_rules().device_mark(name), max_age=DEVICE_SECONDS, path=config["SESSION_COOKIE_PATH"],
        secure=config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Strict",
    )  # fmt: skip
    return response


def _device_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"
