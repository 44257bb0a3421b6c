"""People who sign in to the console."""

from __future__ import annotations

import pytest

from tests.support.console_visitor import PASSWORD, Browser
from voice.operators.passwords import hash_password
from voice.operators.roles import ROLES


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Made once: that takes its time on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
def people(registry, password_hash):
    """One person for each role, named by it, all with the same password."""
    for role in ROLES:
        registry.operators.add(role, role)
        registry.operators.set_password_hash(role, password_hash)
    return registry.operators


@pytest.fixture
def ada(app, people) -> Browser:
    """A browser in which an admin has signed in."""
    browser = Browser(app)
    assert browser.sign_in("admin").status_code == 303
    return browser
