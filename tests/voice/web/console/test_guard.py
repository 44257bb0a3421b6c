"""The console without a session and from another site: no page opens, and its cookie cannot be used for a change."""

from __future__ import annotations

import pytest

from tests.support.clients import PUBLIC_URL
from tests.support.console_visitor import Browser
from voice.web import event_stream
from voice.web import feed as feed_module

PUBLIC_PAGES = {"/console/sign-in", "/console/sign-in/<link>"}


def console_routes(app):
    """Every rule under /console, with its address for sample parameters."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("console."):
            method = "POST" if "POST" in rule.methods else "GET"
            sample = dict.fromkeys(rule.arguments, "1")
            yield rule, app.url_map.bind("").build(rule.endpoint, sample, method)


def test_without_a_session_no_page_opens_and_no_form_is_accepted(app):
    for rule, path in console_routes(app):
        if rule.rule in PUBLIC_PAGES:
            continue
        for method in rule.methods - {"OPTIONS"}:
            sent = {"csrf_token": Browser(app).token()} if method == "POST" else {}
            answer = Browser(app).send(method, path, data=sent)
            assert answer.status_code in (303, 403), (method, path)
            assert (answer.location or "/console/sign-in").startswith("/console/sign-in"), (method, path)


ATTACKS = {
    "a form of another site": {"headers": {"Origin": "https://evil.example"}},
    "a form of another site, its token known": {"headers": {"Origin": "https://evil.example"}, "token": ""},
    "a sandboxed page": {"headers": {"Origin": "null"}, "token": ""},
    "no token": {"headers": {"Origin": PUBLIC_URL}},
    "no token, no origin": {"headers": {}},
    "the token of another session": {"headers": {"Origin": PUBLIC_URL}, "token": "another"},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_another_site_cannot_use_the_session(app, admin_browser, twilio, registry, attack):
    given = ATTACKS[attack]
    token = {None: lambda: None, "": admin_browser.token, "another": Browser(app).token}[given.get("token")]()
    call_sid = twilio.calls()
    for rule, path in console_routes(app):
        if "POST" in rule.methods:
            answer = admin_browser.post(path, token=token, headers=given["headers"])
            assert answer.status_code == 403, path
    headers = {**given["headers"], **({"X-CSRFToken": token} if token else {})}
    for more in (
        {"json": {}},
        {"data": "{}", "content_type": "text/plain"},
        {"data": {"csrf_token": token or ""}},
    ):
        answer = admin_browser.send("POST", f"/admin/calls/{call_sid}/end", headers=headers, **more)
        assert answer.status_code == 403
    assert admin_browser.is_signed_in()
    assert registry.commands.of_call(call_sid) == []


@pytest.mark.parametrize("origin", [{}, {"Origin": PUBLIC_URL}])
def test_a_page_of_the_console_can_use_the_api(admin_browser, origin):
    headers = {"X-CSRFToken": admin_browser.token(), **origin}
    answer = admin_browser.send("POST", "/admin/calls/x/end", headers=headers, json={})
    assert answer.status_code == 404, answer.text
    assert admin_browser.get("/admin/calls").status_code == 200


def test_the_api_checks_the_role_of_the_session(viewer_browser, operator_browser, admin_browser):
    for browser, expected in ((viewer_browser, 403), (operator_browser, 404), (admin_browser, 404)):
        headers = {"X-CSRFToken": browser.token(), "Origin": PUBLIC_URL}
        answer = browser.send("POST", "/admin/calls/x/end", headers=headers, json={})
        assert answer.status_code == expected


def test_a_wrong_bearer_token_is_refused_despite_the_cookie(admin_browser):
    answer = admin_browser.get("/admin/calls", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


def test_every_page_sets_the_security_headers(admin_browser):
    for path in ("/console/", "/console/account", "/console/nowhere", "/console/sign-in"):
        headers = admin_browser.get(path).headers
        policy = {name: rest for name, *rest in map(str.split, headers["Content-Security-Policy"].split(";"))}
        assert policy["default-src"] == ["'none'"]
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
        assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
        assert not any("unsafe" in word for words in policy.values() for word in words)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_webhooks_open_no_session_and_need_no_csrf_token(app, twilio, monkeypatch):
    opened = []
    monkeypatch.setattr(app.session_interface, "get_signing_serializer", lambda _app: opened.append(1))
    twilio.calls()
    assert app.test_client().get("/healthz").headers.getlist("Set-Cookie") == []
    assert opened == []


def test_an_open_stream_ends_after_sign_out(admin_browser, monkeypatch):
    monkeypatch.setattr(feed_module, "PING_SECONDS", 0.05)
    monkeypatch.setattr(event_stream, "RECHECK_SECONDS", 0.0)
    stream = admin_browser.get("/admin/events", buffered=False)
    chunks = stream.iter_encoded()
    assert [next(chunks), next(chunks)] == [b"retry: 1000\n\n", b": ping\n\n"]
    admin_browser.post("/console/sign-out")
    assert list(chunks) in ([], [b": ping\n\n"])
    stream.close()


def test_an_unknown_address_is_answered_with_a_page(admin_browser):
    answer = admin_browser.get("/console/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "This page does not exist." in answer.text
