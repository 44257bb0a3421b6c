"""The visitor of the console: who they are by what the browser sends, and which site a change comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, session
from freezegun import freeze_time
from werkzeug.wrappers import Response

from tests.support.clients import PUBLIC_URL, TESTER
from tests.support.console_visitor import Browser
from tests.support.fixtures import app_on
from voice.errors import NotAllowed, NotSignedIn
from voice.events import now
from voice.operators.sign_in import SignIn, Visitor
from voice.registry import Registry
from voice.web import session_user

DEVICE = "__Host-midcall-device"


@pytest.fixture(scope="module")
def app(sqlite_template, tmp_path_factory) -> Iterator[Flask]:
    """An app with one operator."""
    folder = tmp_path_factory.mktemp("session_user")
    (folder / "midcall.db").write_bytes(sqlite_template.read_bytes())
    with app_on(f"sqlite:///{folder}/midcall.db", folder / "spool") as app:
        app.extensions["midcall"].registry.operators.add("ada", "operator", TESTER)
        yield app


@pytest.fixture
def registry(app) -> Registry:
    """The registry of the app."""
    return app.extensions["midcall"].registry


def link(registry: Registry) -> str:
    """A sign-in link."""
    return registry.links.create("ada", TESTER)


def request(app: Flask, method: str = "GET", **headers: str) -> Any:
    """A request to the console with these headers; underscores stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    place = {"base_url": PUBLIC_URL, "environ_overrides": {"REMOTE_ADDR": "10.0.0.1"}}
    return app.test_request_context("/console/x", method=method, headers=named, **place)


def test_the_visitor_is_known_by_the_connection_and_not_by_forwarding_headers(app):
    forwarded = {"X_Forwarded_For": "9.9.9.9", "Forwarded": "for=9.9.9.9", "X_Real_Ip": "9.9.9.9"}
    with request(app, User_Agent="a browser", Cookie=f"{DEVICE}=abc; device=x", **forwarded):
        assert session_user.visitor() == Visitor("10.0.0.1", "a browser", "abc")
    with app.test_request_context() as context:
        context.request.environ.pop("REMOTE_ADDR", None)
        assert session_user.visitor() == Visitor("", "", None)


def test_the_mark_of_a_device_is_that_of_the_operator_for_a_year(app):
    with request(app):
        answer = session_user.mark_device(Response(), "ada")
        mark = session_user.sign_in_rules().device_mark("ada")
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name == f"{DEVICE}={mark}"
    assert {"Max-Age=31536000", "Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= {*attributes}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_reading_needs_no_proof_of_the_site(app, method, origin):
    with request(app, method, Origin=origin):
        session_user.check_origin()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "https://calls.example.com.evil.example", "https://calls.example.com:8443",
     "https://calls.example.co", "calls.example.com"],
)  # fmt: skip
def test_a_change_from_another_site_is_refused(app, method, origin):
    with request(app, method, Origin=origin), pytest.raises(NotAllowed, match="came from another site"):
        session_user.check_origin()


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": PUBLIC_URL}, {"Origin": PUBLIC_URL, "X_CSRFToken": "wrong"}]
)
def test_a_change_needs_the_token_of_a_page(app, headers):
    with request(app, "POST", **headers), pytest.raises(NotAllowed, match="out of date"):
        session_user.check_origin()


def test_a_page_reached_by_another_name_of_this_machine_may_change_something(app):
    origin = {"base_url": "http://localhost:8000", "headers": {"Origin": "http://localhost:8000"}}
    with (
        app.test_request_context("/console/x", method="POST", **origin),
        pytest.raises(NotAllowed, match="out of date"),  # the site is right, the token is missing
    ):
        session_user.check_origin()


def test_a_page_under_the_public_address_may_change_something_whatever_the_host_header_says(app):
    """A proxy may pass on the name of the app's container as the host."""
    origin = {"base_url": "http://app:8000", "headers": {"Origin": PUBLIC_URL}}
    with (
        app.test_request_context("/console/x", method="POST", **origin),
        pytest.raises(NotAllowed, match="out of date"),  # the site is right, the token is missing
    ):
        session_user.check_origin()


def test_the_mark_of_a_device_is_sent_to_the_pages_of_the_app_only(app, monkeypatch):
    monkeypatch.setitem(app.config, "SESSION_COOKIE_PATH", "/line/")
    with request(app):
        answer = session_user.mark_device(Response(), "ada")
    assert "; Path=/line/" in answer.headers["Set-Cookie"]


def test_a_page_stays_valid_as_long_as_its_session(sqlite_url, tmp_path):
    """The token of a page has no time limit, and a browser may send no Referer and change its User-Agent."""
    with app_on(sqlite_url, tmp_path / "spool") as app:
        app.extensions["midcall"].registry.operators.add("ada", "operator", TESTER)
        browser = Browser(app)
        browser.get(f"/console/sign-in/{link(app.extensions['midcall'].registry)}")
        token = browser.token()
        with freeze_time(now() + timedelta(hours=2)):
            changed = browser.post("/console/sign-out", token=token, headers={"User-Agent": "updated"})
        assert changed.status_code == 303
        assert not browser.is_signed_in()


def test_signing_in_discards_what_the_session_held(app, registry):
    with request(app):
        session["planted"] = "by an attacker"
        secret = session_user.sign_in_rules().by_link(link(registry), Visitor("10.0.0.1", ""))
        visitor = session_user.begin(secret)
        assert "planted" not in session
        assert (visitor.name, visitor.role, visitor.get_id()) == ("ada", "operator", secret)
        assert session_user.user().secret == secret
        assert (visitor.as_operator().name, visitor.as_operator().role) == ("ada", "operator")


def test_no_session_begins_with_an_unknown_secret(app):
    with request(app):
        with pytest.raises(NotSignedIn, match="Sign in first"):
            session_user.begin("unknown")
        with pytest.raises(NotSignedIn, match="Sign in first"):
            session_user.user()


def test_signing_out_ends_the_session_for_every_worker(app, registry):
    browser = Browser(app)
    browser.get(f"/console/sign-in/{link(registry)}")
    other = Browser(app).use_cookie(browser.cookie())
    assert other.is_signed_in()
    browser.post("/console/sign-out")
    assert not other.is_signed_in()


def test_the_rules_of_signing_in_are_those_of_the_app(app, registry):
    with request(app):
        rules = session_user.sign_in_rules()
    assert isinstance(rules, SignIn)
    assert rules.device_mark("ada") == SignIn(app.extensions["midcall"].config, registry).device_mark("ada")
