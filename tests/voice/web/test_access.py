"""Who may do what: each role at each route, tokens that are revoked, and the two ways to send one."""

from __future__ import annotations

import base64

import pytest

from tests.support.clients import ADMIN_TOKEN, Operator, form, new_call_sid
from voice.errors import Malformed, NotFound
from voice.operators.roles import ROLES
from voice.registry.schema.tokens import tokens

READING = {
    "/calls": {}, "/scenes": {}, "/commands": {}, "/openapi.json": {}, "/docs": {}, "/calls/x": {},
    "/twilio/calls": {"limit": "x"}, "/events": {"after": "x"},
}  # fmt: skip
ACTING = ["/calls", "/calls/x/end", "/calls/x/redirect", "/calls/x/twiml"]


@pytest.fixture(params=ROLES)
def role(request):
    """Each role."""
    return request.param


@pytest.fixture
def somebody(app, registry, role) -> Operator:
    """An operator with a token and the role."""
    return Operator(app.test_client(), registry.tokens.create(f"a {role}", role))


def test_everybody_with_a_token_may_read(somebody):
    for path, query in READING.items():
        assert somebody.get(path, **query).status_code in (200, 404, 422), path


def test_only_operators_and_admins_may_act(somebody, role):
    for path in ACTING:
        answer = somebody.post(path, {"surely_unknown": 1})
        if role == "viewer":
            assert (answer.status_code, answer.json["error"]["code"]) == (403, "not_allowed"), path
        else:
            assert answer.status_code in (404, 422), path


def test_a_refused_command_leaves_no_trace(app, registry, twilio):
    call_sid = twilio.calls()
    viewer = Operator(app.test_client(), registry.tokens.create("v", "viewer"))
    assert viewer.post(f"/calls/{call_sid}/end").status_code == 403
    assert registry.commands.of_call(call_sid) == []


def test_nobody_learns_whether_a_call_exists_without_a_token(app, twilio):
    known, client = twilio.calls(), app.test_client()
    answers = [client.get(f"/admin/calls/{call_sid}") for call_sid in (known, new_call_sid())]
    assert answers[0].status_code == 401
    assert answers[0].data == answers[1].data


def test_a_revoked_token_opens_nothing_at_once(app, registry):
    token = registry.tokens.create("ada", "admin")
    operator = Operator(app.test_client(), token)
    assert operator.get("/calls").status_code == 200
    registry.tokens.revoke("ada")
    assert operator.get("/calls").status_code == 401
    with pytest.raises(NotFound):
        registry.tokens.revoke("ada")
    with pytest.raises(Malformed):
        registry.tokens.create("ada", "viewer")  # its name stays readable in the audit trail


def test_tokens_are_kept_as_hashes(registry):
    token = registry.tokens.create("ada", "operator")
    rows = registry.database.read(lambda connection: connection.execute(tokens.select()).all())
    assert len(rows) == 1
    assert all(token not in str(value) for value in rows[0])
    assert (registry.tokens.find_valid(token).name, registry.tokens.find_valid(f"{token}x")) == ("ada", None)
    assert registry.tokens.find_valid(rows[0].token_hash) is None


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_token_needs_a_name_that_can_be_kept(registry, name):
    with pytest.raises(Malformed):
        registry.tokens.create(name, "viewer")
    assert registry.tokens.all() == []


def test_the_token_of_the_settings_is_an_admins(admin, registry):
    assert admin.get("/calls").status_code == 200
    assert admin.post("/calls/x/end").status_code == 404
    assert registry.tokens.all() == []


def basic(token: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'anybody:{token}'.encode()).decode()}"}


def test_a_browser_may_read_with_the_token_as_password_and_change_nothing(app):
    client = app.test_client()
    assert client.get("/admin/docs", headers=basic(ADMIN_TOKEN)).status_code == 200
    assert client.head("/admin/calls", headers=basic(ADMIN_TOKEN)).status_code == 200
    assert client.get("/admin/docs", headers=basic("wrong")).status_code == 401
    for path in ACTING:
        assert client.post(f"/admin{path}", json={}, headers=basic(ADMIN_TOKEN)).status_code == 401


NO_TOKENS = [
    "", "Bearer", "bearer", "Bearer  ", "Bearer a b", "Bearer a=b", "Basic", "Basic !", "Basic bm9jb2xvbg==", "Token x",
    f"Bearer {ADMIN_TOKEN}x", f"Bearer {ADMIN_TOKEN[:-1]}", "Bearer \xff", "Negotiate x",
]  # fmt: skip


def test_whatever_is_no_token_is_refused_alike(app):
    for header in NO_TOKENS:
        answer = app.test_client().get("/admin/calls", headers={"Authorization": header})
        assert (answer.status_code, answer.json["error"]["code"]) == (401, "not_signed_in"), header
        assert ADMIN_TOKEN not in answer.text


def test_a_session_or_a_query_is_no_token(app):
    client = app.test_client()
    client.set_cookie("token", ADMIN_TOKEN)
    assert (
        client.get(
            "/admin/calls", query_string={"token": ADMIN_TOKEN, "access_token": ADMIN_TOKEN}
        ).status_code
        == 401
    )


def test_no_token_opens_a_webhook(app, registry):
    call_sid = new_call_sid()
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    assert app.test_client().post("/voice/incoming", data=form(call_sid), headers=headers).status_code == 403
    assert registry.calls.get(call_sid) is None
