"""`flask operators` as a person notices it: sign-in links, the role, sessions, and a disabled account."""

from __future__ import annotations

import re

import pytest

from tests.support.clients import PUBLIC_URL
from tests.support.command_line import error_of, output_of, usage_error_of
from tests.support.console_visitor import Browser


def open_link(app, link: str) -> Browser:
    """A browser that has opened a sign-in link."""
    browser = Browser(app)
    browser.get(link.strip().removeprefix(PUBLIC_URL))
    return browser


@pytest.fixture
def ann(app) -> Browser:
    """The browser of the new operator Ann, signed in with her link."""
    return open_link(app, output_of(app, "operators", "add", "ann"))


def test_add_prints_a_link_that_signs_in_once(app):
    link = output_of(app, "operators", "add", "ann", "--role", "viewer")
    assert link.startswith(f"{PUBLIC_URL}/console/")
    assert open_link(app, link).is_signed_in()
    assert not open_link(app, link).is_signed_in()
    assert "already" in error_of(app, "operators", "add", "ann")


def test_link_prints_a_new_link(app, ann):
    link = output_of(app, "operators", "link", "ann")
    assert open_link(app, link).is_signed_in()


def test_list_shows_role_password_and_sessions(app, ann):
    line = output_of(app, "operators", "list")
    assert re.fullmatch(r"ann +operator +no password yet +1 session\n", line)


def test_role_changes_the_role(app, ann, registry):
    assert output_of(app, "operators", "role", "ann", "admin") == "ann has the role admin.\n"
    assert registry.operators.get("ann").role == "admin"
    usage_error_of(app, "operators", "role", "ann", "king")


def test_sign_out_ends_all_sessions(app, ann):
    assert output_of(app, "operators", "sign-out", "ann") == "ann is signed out.\n"
    assert not ann.is_signed_in()


def test_a_disabled_operator_is_signed_out_and_can_be_enabled(app, ann):
    link = output_of(app, "operators", "link", "ann")
    assert output_of(app, "operators", "disable", "ann") == "ann is disabled.\n"
    assert not ann.is_signed_in()
    assert not open_link(app, link).is_signed_in()
    assert "disabled 20" in output_of(app, "operators", "list")
    assert output_of(app, "operators", "enable", "ann") == "ann can sign in again.\n"
    assert open_link(app, output_of(app, "operators", "link", "ann")).is_signed_in()


@pytest.mark.parametrize("command", ["link", "disable", "enable", "sign-out"])
def test_an_unknown_operator_is_reported(app, command):
    assert "'eve'" in error_of(app, "operators", command, "eve")
