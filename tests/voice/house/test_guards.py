"""Every endpoint has a guard, and no admin route answers without a token."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask

from tests.support.clients import ADMIN_TOKEN, TESTER, Operator
from voice.operators.roles import ROLES
from voice.web.guards import GUARDS

AUTHORIZED = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
PARAMETERS = {
    r"<call_sid>": "CA" + "0" * 32,
    r"<recording_sid>": "RE" + "0" * 32,
    r"<command>": "end",
    r"<rule>": "long_calls",
    r"<int:\w+>": "1",
    r"<string\(length=16\):run_id>": "0" * 16,
}


def admin_routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every method and path under /admin, with a value for each parameter."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin."):
            path = reached_at(rule.rule)
            yield from ((method, path) for method in sorted(rule.methods) if method != "OPTIONS")


def reached_at(path: str) -> str:
    """The path with a value for each parameter."""
    for parameter, value in PARAMETERS.items():
        path = re.sub(parameter, value, path)
    return path


def test_every_endpoint_has_a_guard(sqlite_app):
    blueprints = {rule.endpoint.partition(".")[0] for rule in sqlite_app.url_map.iter_rules()}
    assert blueprints == set(GUARDS)


def test_only_liveness_and_static_files_are_public(sqlite_app):
    names = {name: guard.__name__ for name, guard in GUARDS.items()}
    public = {name for name, guard in names.items() if guard == "open_to_all"}
    assert public == {"health", "static", "bootstrap"}
    assert names["webhooks"] == "signed_by_twilio"


def test_every_route_of_the_contract_exists(sqlite_app):
    routes = {(method, rule.rule) for rule in sqlite_app.url_map.iter_rules() for method in rule.methods}
    contract = {
        ("POST", "/voice/incoming"), ("POST", "/voice/fallback"), ("POST", "/voice/status"),
        ("POST", "/voice/scenes/<scene>"), ("GET", "/healthz"), ("GET", "/readyz"),
        ("GET", "/admin/openapi.json"), ("GET", "/admin/docs"), ("GET", "/admin/calls"), ("POST", "/admin/calls"),
        ("GET", "/admin/calls/<call_sid>"), ("GET", "/admin/twilio/calls"), ("GET", "/admin/scenes"),
        ("GET", "/admin/commands"), ("POST", "/admin/calls/<call_sid>/<command>"), ("GET", "/admin/events"),
    }  # fmt: skip
    assert contract <= routes


@pytest.mark.parametrize(
    "token", [None, "Bearer wrong", "Bearer ", "Basic Og==", "Digest x", "Bearer \u00e9"]
)
def test_every_admin_route_refuses_a_missing_or_wrong_token(sqlite_app, token):
    client, headers = sqlite_app.test_client(), {} if token is None else {"Authorization": token}
    routes = list(admin_routes(sqlite_app))
    assert len(routes) > 15
    for method, path in routes:
        answer = client.open(path, method=method, headers=headers)
        assert answer.status_code == 401, (method, path)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        if method != "HEAD":
            assert answer.json["error"]["code"] == "not_signed_in", (method, path)


def test_every_admin_route_declares_a_role(sqlite_app):
    views = {name: view for name, view in sqlite_app.view_functions.items() if name.startswith("admin.")}
    assert len(views) > 15
    assert [name for name, view in views.items() if getattr(view, "role", None) not in ROLES] == []


def test_an_admin_route_without_a_role_refuses_every_request(sqlite_app):
    sqlite_app.add_url_rule("/admin/undeclared", "admin.undeclared", lambda: "reached")
    answer = sqlite_app.test_client().get("/admin/undeclared", headers=AUTHORIZED)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("role", ROLES)
def test_every_admin_route_refuses_a_role_below_the_declared_one(sqlite_app, role):
    token = sqlite_app.extensions["midcall"].registry.tokens.create("ada", role, TESTER)
    operator = Operator(sqlite_app.test_client(), token)
    for name, view in sqlite_app.view_functions.items():
        if name.startswith("admin.") and ROLES.index(view.role) > ROLES.index(role):
            path = reached_at(view.path)
            answer = operator.client.open(f"/admin{path}", method=view.method, headers=operator.headers)
            assert (answer.status_code, answer.json["error"]["code"]) == (403, "not_allowed"), name


def test_get_changes_nothing(sqlite_app):
    client, routes = sqlite_app.test_client(), set(admin_routes(sqlite_app))
    changing = {path for method, path in routes if method not in ("GET", "HEAD")}
    assert changing
    for path in changing - {path for method, path in routes if method == "GET"}:
        answer = client.get(path, headers=AUTHORIZED)
        assert (answer.status_code, answer.json["error"]["code"]) == (405, "method_not_allowed"), path


def test_a_route_without_a_guard_refuses_every_request(sqlite_app):
    stray = Blueprint("stray", __name__)
    stray.get("/stray")(lambda: "reached")
    sqlite_app.register_blueprint(stray)
    sqlite_app.add_url_rule("/loose", "loose", lambda: "reached")
    for path in ("/stray", "/loose"):
        answer = sqlite_app.test_client().get(path, headers=AUTHORIZED)
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "not_allowed"), path
