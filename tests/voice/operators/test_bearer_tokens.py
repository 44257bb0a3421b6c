"""Bearer tokens: ADMIN_TOKEN, stored tokens, and what counts as neither."""

from __future__ import annotations

import base64

import pytest
from flask import Flask

from tests.support.clients import ADMIN_TOKEN, TESTER, settings
from voice import create_app
from voice.errors import NotSignedIn
from voice.operators.bearer_tokens import operator_of_token
from voice.operators.roles import Operator
from voice.services import Services

EMPTY = ["Bearer ", "Bearer", f"Basic {base64.b64encode(b'user:').decode()}"]


@pytest.fixture
def app_without_admin_token(sqlite_url, tmp_path) -> Flask:
    """An app whose settings hold no ADMIN_TOKEN."""
    given = settings(DATABASE_URL=sqlite_url, SPOOL_DIR=str(tmp_path / "spool"), ADMIN_TOKEN="")
    return create_app(given, dotenv=None)


@pytest.fixture
def sqlite_services(sqlite_app) -> Services:
    """The services of an app on SQLite."""
    return sqlite_app.extensions["midcall"]


@pytest.mark.parametrize("header", EMPTY)
def test_an_empty_token_is_refused_if_no_admin_token_is_set(app_without_admin_token, header):
    answer = app_without_admin_token.test_client().get("/admin/calls", headers={"Authorization": header})
    assert answer.status_code == 401


@pytest.mark.parametrize("token", ["", " ", "None"])
def test_an_unset_admin_token_matches_no_token(app_without_admin_token, token):
    services: Services = app_without_admin_token.extensions["midcall"]
    with pytest.raises(NotSignedIn):
        operator_of_token(services.config, services.registry, token)


@pytest.mark.parametrize("token", ["", ADMIN_TOKEN[:-1], f"{ADMIN_TOKEN}x", ADMIN_TOKEN.upper(), "\u00e9"])
def test_a_token_that_resembles_the_admin_token_is_refused(sqlite_services, token):
    with pytest.raises(NotSignedIn, match="Send a valid token"):
        operator_of_token(sqlite_services.config, sqlite_services.registry, token)


def test_a_token_stands_for_its_name_and_role(sqlite_services):
    config, registry = sqlite_services.config, sqlite_services.registry
    assert operator_of_token(config, registry, ADMIN_TOKEN) == Operator("ADMIN_TOKEN", "admin")
    viewer = registry.tokens.create("wallboard", "viewer", TESTER)
    script = registry.tokens.create("nightly", "operator", TESTER)
    assert operator_of_token(config, registry, viewer) == Operator("wallboard", "viewer")
    assert operator_of_token(config, registry, script) == Operator("nightly", "operator")
    registry.tokens.revoke("wallboard", TESTER)
    assert operator_of_token(config, registry, script) == Operator("nightly", "operator")
