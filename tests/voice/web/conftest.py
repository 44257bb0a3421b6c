"""Operators who sign in to the console."""

from __future__ import annotations

import pytest

from tests.support.clients import TESTER
from tests.support.console_visitor import PASSWORD, Browser
from voice.operators.passwords import hash_password
from voice.operators.roles import ROLES


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of PASSWORD. Hashing is slow on purpose, so it is done once."""
    return hash_password(PASSWORD)


@pytest.fixture
def people(registry, password_hash):
    """One operator for each role, with the role as name and the same password."""
    for role in ROLES:
        registry.operators.add(role, role, TESTER)
        registry.operators.set_password_hash(role, password_hash, TESTER)
    return registry.operators


@pytest.fixture
def viewer_browser(app, people) -> Browser:
    """A browser with a signed-in viewer."""
    return _signed_in(app, "viewer")


@pytest.fixture
def operator_browser(app, people) -> Browser:
    """A browser with a signed-in operator."""
    return _signed_in(app, "operator")


@pytest.fixture
def admin_browser(app, people) -> Browser:
    """A browser with a signed-in admin."""
    return _signed_in(app, "admin")


def _signed_in(app, name: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(name).status_code == 303
    return browser
