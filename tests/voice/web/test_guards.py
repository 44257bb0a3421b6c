"""The guards decide who reaches a route: probes under each guard answer with what the guard has read."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g, request
from freezegun import freeze_time
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.support.clients import ADMIN_TOKEN, PUBLIC_URL, TESTER, form, new_call_sid
from tests.support.console_visitor import Browser
from tests.support.fixtures import app_on
from tests.support.signing import signed_headers
from voice.audit import Actor
from voice.errors import NotSignedIn, RegistryUnavailable
from voice.events import now
from voice.operators.roles import Operator
from voice.registry import Registry
from voice.registry.schema.sessions import sessions
from voice.web.bearer_guesses import BURST
from voice.web.connections import Connection
from voice.web.event_stream import EVENT_STREAM
from voice.web.guards import EVERYONE, actor, limits, longest_body, open_to, operator, raw_target

FORM = "application/x-www-form-urlencoded"


def admin_probe() -> dict[str, Any]:
    """Answer with the operator, as the guard has read it and as it reads it again."""
    return {"name": operator().name, "role": operator().role, "again": g.who().name}


def admin_stream() -> str:
    """Stand for an event stream."""
    return operator().name


def console_probe(**_path: str) -> str:
    """Answer with the operator."""
    return operator().name


def open_probe() -> str:
    """Answer everyone."""
    return "operator" if "operator" in g else "no operator"


def body_limit() -> str:
    """Answer with the longest body that is read, in bytes."""
    return str(request.max_content_length)


def webhook_probe() -> dict[str, Any]:
    """Answer with the webhook."""
    return {"fields": dict(g.webhook.fields), "signature": g.webhook.signature}


@pytest.fixture(scope="module")
def app(sqlite_template, tmp_path_factory) -> Iterator[Flask]:
    """An app with a probe under each guard, and an operator for each role."""
    folder = tmp_path_factory.mktemp("guards")
    (folder / "midcall.db").write_bytes(sqlite_template.read_bytes())
    with app_on(f"sqlite:///{folder}/midcall.db", folder / "spool") as app:
        admin_probe.role = admin_stream.role = "operator"
        admin_stream.media_type = EVENT_STREAM
        both = ["GET", "HEAD", "POST"]
        app.add_url_rule("/admin/probe", "admin.probe", admin_probe, methods=both)
        app.add_url_rule("/admin/stream", "admin.stream_probe", admin_stream)
        app.add_url_rule("/console/probe", "console.probe", console_probe, methods=both)
        app.add_url_rule("/console/probe/<text>", "console.text_probe", console_probe, methods=both)
        app.add_url_rule(
            "/console/limit", "console.limit_probe", open_to(EVERYONE)(longest_body(4711)(body_limit))
        )
        app.add_url_rule("/console/open", "console.open_probe", open_to(EVERYONE)(open_probe), methods=both)
        app.add_url_rule("/voice/probe", "webhooks.probe", webhook_probe, methods=both)
        for role in ("viewer", "operator", "admin"):
            app.extensions["midcall"].registry.operators.add(role, role, TESTER)
        yield app


@pytest.fixture
def registry(app) -> Registry:
    """The registry of the app."""
    return app.extensions["midcall"].registry


@pytest.fixture
def proved() -> list[Connection]:
    """The connections that have proved themselves."""
    return []


@pytest.fixture
def socket(proved) -> dict[str, Connection]:
    """The environment of a request over a connection that has not proved itself."""
    return {"gunicorn.socket": Connection(None, 1.0, proved.append)}


def signed_in(app: Flask, name: str) -> Browser:
    """A browser with a session of this operator."""
    registry: Registry = app.extensions["midcall"].registry
    browser = Browser(app)
    assert browser.get(f"/console/sign-in/{registry.links.create(name, TESTER)}").status_code in (302, 303)
    return browser


def error(answer: TestResponse) -> tuple[int, str]:
    """The status and the code of an error."""
    return answer.status_code, answer.json["error"]["code"]


# Webhooks


def post_signed(app: Flask, path: str = "/voice/probe", url: str = "", **more: Any) -> TestResponse:
    """Send a webhook that Twilio signed for this path, or for another URL."""
    fields = form(new_call_sid(), Digits="12")
    headers = signed_headers(url or PUBLIC_URL + path, fields)
    return app.test_client().post(path, data=fields, headers=headers, **more)


def test_a_signed_webhook_is_read_and_keeps_its_connection(app, socket, proved):
    answer = post_signed(app, environ_overrides=socket)
    assert (answer.status_code, answer.json["fields"]["Digits"]) == (200, "12")
    assert answer.json["signature"] == answer.request.headers["X-Twilio-Signature"]
    assert proved == [socket["gunicorn.socket"]]


def test_a_webhook_that_twilio_did_not_sign_proves_nothing(app, socket, proved):
    answer = post_signed(app, url="https://elsewhere.example/voice/probe", environ_overrides=socket)
    assert error(answer) == (403, "bad_signature")
    assert "Check PUBLIC_URL" in answer.json["error"]["message"]
    assert proved == []


def test_the_fields_of_another_content_type_are_not_read(app):
    fields = form(new_call_sid())
    for content_type in ("text/plain", "multipart/form-data; boundary=x", "application/json"):
        for signed in (fields, {}):
            headers = signed_headers(f"{PUBLIC_URL}/voice/probe", signed)
            answer = app.test_client().post(
                "/voice/probe", data="CallSid=x", content_type=content_type, headers=headers
            )
            assert error(answer) == (403, "bad_signature"), content_type


def test_the_signature_covers_the_target_as_it_was_sent(app):
    path = "/voice/probe?name=J%C3%BCrg%20x&b"
    assert post_signed(app, path, environ_overrides={"RAW_URI": path}).status_code == 200
    decoded = {"RAW_URI": "/voice/probe?name=J\u00fcrg x&b"}
    assert error(post_signed(app, path, environ_overrides=decoded)) == (403, "bad_signature")


def test_the_raw_target_is_the_one_that_the_server_received(app):
    with app.test_request_context("/voice/probe?a=%2F", environ_overrides={"RAW_URI": "/x%2Fy?a=%2F"}):
        assert raw_target() == "/x%2Fy?a=%2F"
    with app.test_request_context("/voice/probe?a=1"):
        assert raw_target() == "/voice/probe?a=1"


# The API, by token


def bearer(token: str) -> dict[str, str]:
    """The header of a bearer token."""
    return {"Authorization": f"Bearer {token}"}


def basic(token: str) -> dict[str, str]:
    """The header of a browser's sign-in dialog, with the token as the password."""
    return {"Authorization": f"Basic {base64.b64encode(f'anyone:{token}'.encode()).decode()}"}


def test_a_token_names_the_operator_and_keeps_the_connection(app, socket, proved):
    answer = app.test_client().post("/admin/probe", headers=bearer(ADMIN_TOKEN), environ_overrides=socket)
    assert answer.json == {"name": "ADMIN_TOKEN", "role": "admin", "again": "ADMIN_TOKEN"}
    assert proved == [socket["gunicorn.socket"]]


@pytest.mark.parametrize("headers", [{}, bearer("wrong"), basic("wrong"), {"Authorization": "Digest x"}])
def test_without_a_valid_token_nothing_is_proved(app, socket, proved, headers):
    answer = app.test_client().get("/admin/probe", headers=headers, environ_overrides=socket)
    assert error(answer) == (401, "not_signed_in")
    assert "Authorization: Bearer" in answer.json["error"]["message"]
    assert proved == []


def test_a_token_as_a_password_allows_reading_only(app):
    client = app.test_client()
    assert client.get("/admin/probe", headers=basic(ADMIN_TOKEN)).json["name"] == "ADMIN_TOKEN"
    assert client.head("/admin/probe", headers=basic(ADMIN_TOKEN)).status_code == 200
    assert error(client.post("/admin/probe", headers=basic(ADMIN_TOKEN))) == (401, "not_signed_in")


def test_a_role_below_the_declared_one_is_refused(app, registry, request):
    token = registry.tokens.create(request.node.name, "viewer", TESTER)
    assert error(app.test_client().get("/admin/probe", headers=bearer(token))) == (403, "not_allowed")


def test_a_token_counts_before_the_session(app):
    browser = signed_in(app, "operator")
    assert error(browser.get("/admin/probe", headers=bearer("wrong"))) == (401, "not_signed_in")
    assert browser.get("/admin/probe", headers=bearer(ADMIN_TOKEN)).json["name"] == "ADMIN_TOKEN"
    assert browser.get("/admin/probe").json == {"name": "operator", "role": "operator", "again": "operator"}


# The API and the console, by session


def test_a_session_changes_something_only_with_the_token_of_a_page(app, socket, proved):
    browser = signed_in(app, "operator")
    assert error(browser.send("POST", "/admin/probe")) == (403, "not_allowed")
    headers = {"X-CSRFToken": browser.token(), "Origin": PUBLIC_URL}
    assert browser.send("POST", "/admin/probe", headers=headers).json["name"] == "operator"
    evil = {**headers, "Origin": "https://evil.example"}
    assert error(browser.send("POST", "/admin/probe", headers=evil)) == (403, "not_allowed")


def seen(registry: Registry, name: str) -> Any:
    """When the operator was last seen."""
    return registry.sessions.of_operator(name, timedelta(days=1), timedelta(days=1))[0].seen_at


def test_a_request_extends_the_session_and_an_event_stream_does_not(app, registry):
    browser, old = signed_in(app, "operator"), now() - timedelta(hours=2)
    registry.database.write(lambda connection: connection.execute(update(sessions).values(seen_at=old)))
    assert browser.get("/admin/stream").text == "operator"
    assert seen(registry, "operator") == old
    assert browser.get("/admin/probe").status_code == 200
    assert seen(registry, "operator") > old + timedelta(hours=1)


def test_a_session_that_cannot_be_extended_is_served(app, registry, monkeypatch):
    browser = signed_in(app, "operator")

    def fail(_session: Any) -> None:
        raise RegistryUnavailable("locked")

    monkeypatch.setattr(registry.sessions, "touch", fail)
    assert browser.get("/admin/probe").json["name"] == "operator"


def test_a_console_route_without_a_role_is_read_by_viewers_and_changed_by_admins(app, socket, proved):
    viewer, admin = signed_in(app, "viewer"), signed_in(app, "admin")
    assert viewer.client.get("/console/probe", base_url=PUBLIC_URL, environ_overrides=socket).text == "viewer"
    assert proved == [socket["gunicorn.socket"]]
    assert viewer.send("HEAD", "/console/probe").status_code == 200
    assert viewer.post("/console/probe").status_code == 403
    assert admin.post("/console/probe").text == "admin"
    assert Browser(app).get("/console/probe").status_code == 303


def test_the_console_refuses_a_form_of_another_site(app):
    browser = signed_in(app, "admin")
    assert browser.post("/console/probe", headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.post("/console/probe", token=None).status_code == 403


def test_a_form_that_needs_no_sign_in_is_refused_from_another_site_as_well(app, socket, proved):
    browser = Browser(app)
    assert browser.get("/console/open").text == "no operator"
    assert browser.post("/console/open", headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.post("/console/open", token=None).status_code == 403
    assert browser.post("/console/open", headers={"Origin": PUBLIC_URL}).text == "no operator"
    browser.client.get("/console/open", base_url=PUBLIC_URL, environ_overrides=socket)
    assert proved == []


@pytest.mark.parametrize("text", ["a\0b", "\0"])
def test_text_that_a_database_cannot_store_is_refused_wherever_it_stands(app, text):
    browser = signed_in(app, "admin")
    ways = {
        "path": browser.get(f"/console/probe/{text.replace(chr(0), '%00')}"),
        "query": browser.send("GET", "/console/probe", query_string={"a": text}),
        "name": browser.send("GET", "/console/probe", query_string={text: "a"}),
        "second": browser.send("GET", "/console/probe", query_string={"a": ["b", text]}),
        "form": browser.post("/console/probe", {"a": text}),
    }
    assert {way: answer.status_code for way, answer in ways.items()} == dict.fromkeys(ways, 400)
    assert browser.get("/console/probe/fine?a=b").text == "admin"


def test_a_route_states_its_role_and_its_longest_body():
    def view() -> str:
        return ""

    assert open_to("viewer")(view) is view
    assert longest_body(5)(view) is view
    assert (view.role, view.longest_body) == ("viewer", 5)


def test_the_longest_body_is_that_of_the_route_or_of_the_app(app):
    assert app.test_client().get("/console/limit", base_url=PUBLIC_URL).text == "4711"
    with app.test_request_context("/console/probe"):
        limit = request.max_content_length
    assert limit == app.config["MAX_CONTENT_LENGTH"]


def test_the_actor_is_the_operator_at_the_address_of_the_connection(app):
    forwarded = {"X-Forwarded-For": "9.9.9.9"}
    with app.test_request_context(headers=forwarded, environ_overrides={"REMOTE_ADDR": "10.0.0.7"}):
        g.operator = Operator("ada", "viewer")
        assert actor() == Actor("ada", "10.0.0.7")
    with app.test_request_context():
        g.operator = Operator("ada", "viewer")
        request.environ.pop("REMOTE_ADDR", None)
        assert actor() == Actor("ada", "")


def test_the_bounds_for_each_person_are_those_of_the_app(app):
    with app.app_context():
        assert limits() is app.extensions["limits"]


def test_wrong_tokens_are_counted_by_the_address_of_the_connection(app):
    def answer_to(address: str) -> TestResponse:
        return app.test_client().get(
            "/admin/probe", headers=bearer("x"), environ_overrides={"REMOTE_ADDR": address}
        )

    with freeze_time(ignore=["gevent"]):
        for _ in range(BURST):
            with suppress(NotSignedIn):
                app.extensions["bearer_guesses"].operator("x", "10.0.0.8")
        assert [answer_to(address).status_code for address in ("10.0.0.8", "10.0.0.9")] == [429, 401]


def test_an_unknown_address_is_not_found_rather_than_refused(app):
    assert app.test_client().get("/nowhere").status_code == 404
