"""Access to the admin API: roles, revoked tokens, and the two ways to send a token."""

from __future__ import annotations

import base64

import pytest

from tests.support.clients import ADMIN_TOKEN, TESTER, Operator, form, new_call_sid
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
def operator(app, registry, role) -> Operator:
    """An operator with a token and the role."""
    return Operator(app.test_client(), registry.tokens.create(f"a {role}", role, TESTER))


def test_every_role_can_read(operator):
    for path, query in READING.items():
        assert operator.get(path, **query).status_code in (200, 404, 422), path


def test_only_operators_and_admins_can_run_commands(operator, role):
    for path in ACTING:
        answer = operator.post(path, {"surely_unknown": 1})
        if role == "viewer":
            assert (answer.status_code, answer.json["error"]["code"]) == (403, "not_allowed"), path
        else:
            assert answer.status_code in (404, 422), path


def test_a_command_refused_by_role_is_not_recorded(app, registry, twilio):
    call_sid = twilio.calls()
    viewer = Operator(app.test_client(), registry.tokens.create("v", "viewer", TESTER))
    assert viewer.post(f"/calls/{call_sid}/end").status_code == 403
    assert registry.commands.of_call(call_sid) == []


def test_without_a_token_known_and_unknown_calls_get_the_same_answer(app, twilio):
    known, client = twilio.calls(), app.test_client()
    answers = [client.get(f"/admin/calls/{call_sid}") for call_sid in (known, new_call_sid())]
    assert answers[0].status_code == 401
    assert answers[0].data == answers[1].data


def test_a_revoked_token_is_refused_at_once(app, registry):
    token = registry.tokens.create("ada", "admin", TESTER)
    operator = Operator(app.test_client(), token)
    assert operator.get("/calls").status_code == 200
    registry.tokens.revoke("ada", TESTER)
    assert operator.get("/calls").status_code == 401
    with pytest.raises(NotFound):
        registry.tokens.revoke("ada", TESTER)
    with pytest.raises(Malformed):
        registry.tokens.create("ada", "viewer", TESTER)  # the name stays in the audit trail


def test_tokens_are_stored_as_hashes(registry):
    token = registry.tokens.create("ada", "operator", TESTER)
    rows = registry.database.read(lambda connection: connection.execute(tokens.select()).all())
    assert len(rows) == 1
    assert all(token not in str(value) for value in rows[0])
    assert (registry.tokens.find_valid(token).name, registry.tokens.find_valid(f"{token}x")) == ("ada", None)
    assert registry.tokens.find_valid(rows[0].token_hash) is None


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_token_needs_a_valid_name(registry, name):
    with pytest.raises(Malformed):
        registry.tokens.create(name, "viewer", TESTER)
    assert registry.tokens.all() == []


def test_the_token_in_the_settings_has_the_admin_role(admin, registry):
    assert admin.get("/calls").status_code == 200
    assert admin.post("/calls/x/end").status_code == 404
    assert registry.tokens.all() == []


def basic(token: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'user:{token}'.encode()).decode()}"}


def test_the_token_as_a_password_allows_reading_only(app):
    client = app.test_client()
    assert client.get("/admin/docs", headers=basic(ADMIN_TOKEN)).status_code == 200
    assert client.head("/admin/calls", headers=basic(ADMIN_TOKEN)).status_code == 200
    assert client.get("/admin/docs", headers=basic("wrong")).status_code == 401
    for path in ACTING:
        assert client.post(f"/admin{path}", json={}, headers=basic(ADMIN_TOKEN)).status_code == 401


INVALID_TOKENS = [
    "", "Bearer", "bearer", "Bearer  ", "Bearer a b", "Bearer a=b", "Basic", "Basic !", "Basic bm9jb2xvbg==", "Token x",
    f"Bearer {ADMIN_TOKEN}x", f"Bearer {ADMIN_TOKEN[:-1]}", "Bearer \xff", "Negotiate x",
]  # fmt: skip


def test_every_invalid_token_gets_the_same_answer(app):
    for header in INVALID_TOKENS:
        answer = app.test_client().get("/admin/calls", headers={"Authorization": header})
        assert (answer.status_code, answer.json["error"]["code"]) == (401, "not_signed_in"), header
        assert ADMIN_TOKEN not in answer.text


def test_a_token_in_a_cookie_or_query_is_ignored(app):
    client = app.test_client()
    client.set_cookie("token", ADMIN_TOKEN)
    assert (
        client.get(
            "/admin/calls", query_string={"token": ADMIN_TOKEN, "access_token": ADMIN_TOKEN}
        ).status_code
        == 401
    )


def test_a_token_does_not_replace_the_signature_of_a_webhook(app, registry):
    call_sid = new_call_sid()
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    assert app.test_client().post("/voice/incoming", data=form(call_sid), headers=headers).status_code == 403
    assert registry.calls.get(call_sid) is None
