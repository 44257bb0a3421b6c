"""`flask tokens` makes, lists and revokes bearer tokens."""

from __future__ import annotations

import re
from datetime import timedelta

from freezegun import freeze_time
from sqlalchemy import update

from tests.support.clients import Operator
from tests.support.command_line import error_of, output_of, usage_error_of
from voice.events import now
from voice.registry.schema.tokens import tokens
from voice.setup.checks import findings


def test_make_prints_a_token_that_has_its_role_and_list_does_not_show_it(app):
    token = output_of(app, "tokens", "make", "ada", "--role", "operator").strip()
    assert Operator(app.test_client(), token).get("/calls").status_code == 200
    listed = output_of(app, "tokens", "list")
    assert re.fullmatch(r"ada +operator +made 20\S+Z  valid until 20\S+Z\n", listed)
    assert token not in listed


def test_a_token_has_the_role_viewer_by_default(app, registry):
    token = output_of(app, "tokens", "make", "bob").strip()
    assert registry.tokens.find_valid(token).role == "viewer"


def test_a_revoked_token_is_listed_as_revoked(app, registry):
    token = output_of(app, "tokens", "make", "ada").strip()
    assert output_of(app, "tokens", "revoke", "ada") == "The token ada is revoked.\n"
    assert registry.tokens.find_valid(token) is None
    assert "revoked 20" in output_of(app, "tokens", "list")


def test_names_and_roles_of_tokens_are_checked(app):
    output_of(app, "tokens", "make", "ada")
    assert "already" in error_of(app, "tokens", "make", "ada")
    assert "80" in error_of(app, "tokens", "make", "x" * 81)
    assert "'unknown'" in error_of(app, "tokens", "revoke", "unknown")
    usage_error_of(app, "tokens", "make", "eve", "--role", "king")


def test_a_token_expires_after_ninety_days_or_as_many_as_are_wanted(app, registry):
    normal = output_of(app, "tokens", "make", "ada").strip()
    short = output_of(app, "tokens", "make", "bob", "--days", "7").strip()
    for token, days in ((short, 7), (normal, 90)):
        with freeze_time(now() + timedelta(days=days, seconds=-60)):
            assert registry.tokens.find_valid(token)
            assert Operator(app.test_client(), token).get("/calls").status_code == 200
        with freeze_time(now() + timedelta(days=days, seconds=60)):
            assert registry.tokens.find_valid(token) is None
            assert Operator(app.test_client(), token).get("/calls").status_code == 401
    with freeze_time(now() + timedelta(days=8)):
        ada, bob = output_of(app, "tokens", "list").splitlines()
        assert "valid until 20" in ada
        assert "expired 20" in bob
    usage_error_of(app, "tokens", "make", "eve", "--days", "0")
    usage_error_of(app, "tokens", "make", "eve", "--days", "366")


def test_a_token_without_a_time_of_expiry_opens_nothing(app, registry):
    token = output_of(app, "tokens", "make", "ada").strip()
    registry.database.write(lambda connection: connection.execute(update(tokens).values(expires_at=None)))
    assert registry.tokens.find_valid(token) is None


def test_the_doctor_says_which_tokens_expire_soon(app, services):
    for name, days in (("ada", "13"), ("bob", "15"), ("old", "13")):
        output_of(app, "tokens", "make", name, "--days", days)
    output_of(app, "tokens", "revoke", "old")
    finding = next(one for one in findings(services, ()) if one.what == "tokens")
    assert finding.to_do == "Expires within 14 days: ada. Make another one with `flask tokens make`."
    output_of(app, "tokens", "revoke", "ada")
    assert next(one for one in findings(services, ()) if one.what == "tokens").to_do is None
