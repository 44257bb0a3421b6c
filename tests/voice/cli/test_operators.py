"""`flask operators`: disabling, enabling and signing out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.clients import TESTER
from tests.support.command_line import output_of
from voice.registry import Registry

DAY = timedelta(days=1)


@pytest.fixture
def sessions(app, registry) -> dict[str, str]:
    """Two operators with an open session each; the secret of the session by name."""
    found = {}
    for name in ("ada", "bob"):
        registry.operators.add(name, "operator", TESTER)
        found[name] = registry.sessions.open(name, "127.0.0.1", "test", by_link=True, oldest=DAY)
    return found


def is_open(registry: Registry, secret: str) -> bool:
    """Whether a session can be used."""
    return registry.sessions.get(secret, DAY, DAY) is not None


def test_the_sessions_of_a_disabled_operator_stay_closed_when_they_are_enabled(app, registry, sessions):
    assert output_of(app, "operators", "disable", "ada") == "ada is disabled.\n"
    assert not is_open(registry, sessions["ada"])
    output_of(app, "operators", "enable", "ada")
    assert not is_open(registry, sessions["ada"])
    assert is_open(registry, sessions["bob"])


def test_signing_out_ends_the_sessions_of_one_operator(app, registry, sessions):
    output_of(app, "operators", "sign-out", "ada")
    assert (is_open(registry, sessions["ada"]), is_open(registry, sessions["bob"])) == (False, True)


def test_a_disabled_operator_is_listed_as_disabled(app, sessions):
    output_of(app, "operators", "disable", "ada")
    ada, bob = output_of(app, "operators", "list").splitlines()
    assert "disabled 20" in ada
    assert "1 session" in bob
