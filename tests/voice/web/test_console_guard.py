"""What no other site, and nobody without a session, can do to the console or through its cookie."""

from __future__ import annotations

import pytest

from tests.support.clients import PUBLIC_URL
from tests.support.console_visitor import Browser
from voice.web import event_stream
from voice.web import feed as feed_module

HERE = PUBLIC_URL
PUBLIC_PAGES = {"/console/sign-in", "/console/sign-in/<link>"}


def console_routes(app):
    """Every method and address under /console, parameters filled in."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("console."):
            path = app.url_map.bind("").build(
                rule.endpoint,
                dict.fromkeys(rule.arguments, "1"),
                "POST" if "POST" in rule.methods else "GET",
            )
            yield rule, path


def test_no_page_is_shown_and_nothing_is_done_without_a_session(app):
    for rule, path in console_routes(app):
        if rule.rule in PUBLIC_PAGES:
            continue
        for method in rule.methods - {"OPTIONS"}:
            sent = {"csrf_token": Browser(app).token()} if method == "POST" else {}
            answer = Browser(app)._send(method, path, data=sent)
            assert answer.status_code in (303, 403), (method, path)
            assert (answer.location or "/console/sign-in").startswith("/console/sign-in"), (method, path)


ATTACKS = {
    "a form of another site": {"headers": {"Origin": "https://evil.example"}},
    "a form of another site, its token known": {"headers": {"Origin": "https://evil.example"}, "token": ""},
    "a sandboxed page": {"headers": {"Origin": "null"}, "token": ""},
    "no token": {"headers": {"Origin": HERE}},
    "no token, no origin": {"headers": {}},
    "somebody else's token": {"headers": {"Origin": HERE}, "token": "another"},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_another_site_changes_nothing(app, ada, twilio, registry, attack):
    given = ATTACKS[attack]
    token = ada.token() if given.get("token") == "" else Browser(app).token() if "token" in given else None
    call_sid = twilio.calls()
    for rule, path in console_routes(app):
        if "POST" in rule.methods:
            assert ada.post(path, token=token, headers=given["headers"]).status_code == 403, path
    headers = {**given["headers"], **({"X-CSRFToken": token} if token else {})}
    for more in (
        {"json": {}},
        {"data": "{}", "content_type": "text/plain"},
        {"data": {"csrf_token": token or ""}},
    ):
        answer = ada._send("POST", f"/admin/calls/{call_sid}/end", headers=headers, **more)
        assert answer.status_code == 403
    assert ada.is_signed_in()
    assert registry.commands.of_call(call_sid) == []


@pytest.mark.parametrize("origin", [{}, {"Origin": HERE}])
def test_a_page_of_the_console_may_use_the_api(ada, origin):
    headers = {"X-CSRFToken": ada.token(), **origin}
    answer = ada._send("POST", "/admin/calls/x/end", headers=headers, json={})
    assert answer.status_code == 404, answer.text
    assert ada.get("/admin/calls").status_code == 200


def test_the_roles_of_the_api_count_for_pages_too(app, people):
    for role, expected in (("viewer", 403), ("operator", 404), ("admin", 404)):
        browser = Browser(app, f"10.0.0.{len(role)}")
        browser.sign_in(role)
        headers = {"X-CSRFToken": browser.token(), "Origin": HERE}
        answer = browser._send("POST", "/admin/calls/x/end", headers=headers, json={})
        assert answer.status_code == expected, role


def test_the_cookie_does_not_help_a_wrong_token(ada):
    answer = ada.get("/admin/calls", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


def test_every_page_forbids_what_it_does_not_need(app, ada):
    for path in ("/console/", "/console/account", "/console/nowhere", "/console/sign-in"):
        headers = ada.get(path).headers
        policy = {name: rest for name, *rest in map(str.split, headers["Content-Security-Policy"].split(";"))}
        assert policy["default-src"] == ["'none'"]
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
        assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
        assert not any("unsafe" in word for words in policy.values() for word in words)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_no_webhook_opens_a_session_or_is_asked_for_a_token(app, twilio, monkeypatch):
    opened = []
    monkeypatch.setattr(app.session_interface, "get_signing_serializer", lambda _app: opened.append(1))
    twilio.calls()
    assert app.test_client().get("/healthz").headers.getlist("Set-Cookie") == []
    assert opened == []


def test_an_open_stream_ends_after_signing_out(app, ada, monkeypatch):
    monkeypatch.setattr(feed_module, "PING_SECONDS", 0.05)
    monkeypatch.setattr(event_stream, "RECHECK_SECONDS", 0.0)
    stream = ada.get("/admin/events", buffered=False)
    chunks = stream.iter_encoded()
    assert [next(chunks), next(chunks)] == [b"retry: 1000\n\n", b": ping\n\n"]
    ada.post("/console/sign-out")
    assert list(chunks) in ([], [b": ping\n\n"])
    stream.close()


def test_an_unknown_page_is_told_in_words(ada):
    answer = ada.get("/console/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "there is no such page" in answer.text
