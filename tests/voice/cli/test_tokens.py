"""`flask tokens` makes, lists and revokes bearer tokens."""

from __future__ import annotations

import re

from tests.support.clients import Operator
from tests.support.command_line import error_of, output_of, usage_error_of


def test_make_prints_a_token_that_has_its_role_and_list_does_not_show_it(app):
    token = output_of(app, "tokens", "make", "ada", "--role", "operator").strip()
    assert Operator(app.test_client(), token).get("/calls").status_code == 200
    listed = output_of(app, "tokens", "list")
    assert re.fullmatch(r"ada +operator +made 20\S+Z  valid\n", listed)
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
