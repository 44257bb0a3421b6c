"""Who is signed in to the console, and whether a change was really asked for by one of its pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from voice.errors import NotAllowed, NotSignedIn
from voice.operators.roles import Operator
from voice.operators.sign_in import SignIn, Visitor
from voice.registry.sessions import Session

SAFE = ("GET", "HEAD")
DEVICE_SECONDS = 365 * 24 * 3600


class SignedIn(UserMixin):
    """Flask-Login's user: one session. Its id is the session's secret, so that ending it anywhere ends it here."""

    def __init__(self, secret: str, session: Session):
        self.secret, self.session = secret, session
        self.name, self.role = session.operator, session.role

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.secret

    def as_operator(self) -> Operator:
        """The person as who acts on calls."""
        return Operator(self.name, self.role)


def register(app: Flask) -> None:
    """Set up Flask-Login and Flask-WTF; neither does anything before a guard asks."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    CSRFProtect(app)
    manager = LoginManager(app)
    manager.session_protection = None  # sessions are kept in the registry, and can be ended there

    @manager.user_loader
    def load(secret: str) -> SignedIn | None:
        found = rules().session(secret)
        return SignedIn(secret, found) if found else None


def rules() -> SignIn:
    """The rules of signing in for this app."""
    services = current_app.extensions["midcall"]
    return SignIn(services.config, services.registry)


def user() -> SignedIn:
    """Who is signed in. Raises NotSignedIn."""
    if not current_user.is_authenticated:
        raise NotSignedIn("sign in first")
    return current_user._get_current_object()


def begin(secret: str) -> SignedIn:
    """Sign this browser in; nothing of the session that it had before is kept."""
    found = rules().session(secret)
    if found is None:
        raise NotSignedIn("sign in first")
    session.clear()
    somebody = SignedIn(secret, found)
    login_user(somebody)
    return somebody


def end() -> None:
    """Sign this browser out, on every worker."""
    current_app.extensions["midcall"].registry.sessions.close(user().secret)
    session.clear()


def asked_for_by_a_page() -> None:
    """Raises NotAllowed for a change that another site could have made the browser ask for.

    Two proofs: where the browser says the request comes from, and the token that only our pages hold.
    """
    if request.method in SAFE:
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc not in _our_hosts():
        raise NotAllowed("this came from another site")
    try:
        current_app.extensions["csrf"].protect()
    except BadRequest:
        raise NotAllowed("this page is out of date: load it again, then try once more") from None


def _our_hosts() -> set[str]:
    return {request.host, urlsplit(current_app.extensions["midcall"].config["PUBLIC_URL"]).netloc}


def visitor() -> Visitor:
    """The browser that asks. No forwarding header is believed."""
    return Visitor(
        request.remote_addr or "",
        request.headers.get("User-Agent", ""),
        request.cookies.get(_device_cookie()),
    )


def mark_device(response: Response, name: str) -> Response:
    """Let the browser be known as one that this person has signed in with."""
    config = current_app.config
    response.set_cookie(
        _device_cookie(), rules().device_mark(name), max_age=DEVICE_SECONDS, path=config["SESSION_COOKIE_PATH"],
        secure=config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Strict",
    )  # fmt: skip
    return response


def _device_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"
