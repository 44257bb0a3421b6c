"""The identity of a session's operator: for how long a password counts, and when a new one needs the old one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from tests.support.clients import TESTER
from voice.audit import Actor
from voice.errors import NotSignedIn, TooManyAttempts
from voice.operators.identity import Identity
from voice.operators.passwords import hash_password
from voice.registry import Registry

PASSWORD, OTHER = "correct horse battery", "another battery"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def password_hash() -> str:
    """The hash of PASSWORD. Hashing is slow on purpose, so it is done once."""
    return hash_password(PASSWORD)


@pytest.fixture
def registry(sqlite_url):
    """One operator without a password, signed in by a link and by a password."""
    registry = Registry(sqlite_url)
    registry.operators.add("ada", "admin", TESTER)
    yield registry
    registry.close()


@pytest.fixture
def clock():
    """The time stands still."""
    with freeze_time("2026-03-01 12:00") as clock:
        yield clock


def sign_in(registry: Registry, *, by_link: bool = False) -> str:
    """The secret of a new session."""
    return registry.sessions.open("ada", "10.0.0.1", "a browser", by_link=by_link, oldest=DAY)


def identity(registry: Registry, secret: str) -> Identity:
    """The identity of a session as it is now."""
    return Identity(registry, registry.sessions.get(secret, DAY, DAY), Actor("ada", "10.0.0.1"))


def test_an_identity_is_confirmed_for_fifteen_minutes_after_sign_in(registry, clock):
    secret = sign_in(registry)
    assert identity(registry, secret).is_confirmed()
    clock.tick(15 * 60 - 1)
    assert identity(registry, secret).is_confirmed()
    clock.tick(1)
    assert not identity(registry, secret).is_confirmed()


def test_a_time_that_is_to_come_or_unknown_confirms_nothing(registry, clock):
    secret = sign_in(registry)
    clock.tick(-1)
    assert not identity(registry, secret).is_confirmed()
    registry.database.write(lambda c: c.exec_driver_sql("UPDATE sessions SET confirmed_at = NULL"))
    assert not identity(registry, secret).is_confirmed()


def test_the_password_confirms_one_session(registry, clock, password_hash):
    registry.operators.set_password_hash("ada", password_hash, TESTER)
    secret, other = sign_in(registry), sign_in(registry)
    clock.tick(1000)
    identity(registry, secret).confirm(PASSWORD)
    assert identity(registry, secret).is_confirmed()
    assert not identity(registry, other).is_confirmed()
    for _ in range(3):
        with pytest.raises(NotSignedIn, match="wrong"):
            identity(registry, other).confirm(OTHER)
    with pytest.raises(TooManyAttempts):
        identity(registry, other).confirm(PASSWORD)
    kinds = [entry.kind for entry in registry.audit.all()]
    assert kinds[-4:] == ["identity.confirmed", *["identity.refused"] * 3]


def test_nothing_confirms_an_operator_without_a_password(registry, clock):
    secret = sign_in(registry, by_link=True)
    assert not identity(registry, secret).has_password()
    for given in ("", PASSWORD, "no operator has this password"):
        with pytest.raises(NotSignedIn):
            identity(registry, secret).confirm(given)


def test_the_old_password_is_left_out_once_and_only_soon_after_a_link(registry, clock, password_hash):
    first = sign_in(registry)
    clock.tick(1000)
    assert not identity(registry, first).needs_old_password()
    registry.operators.set_password_hash("ada", password_hash, TESTER, keep=first)
    assert identity(registry, first).is_confirmed()
    assert identity(registry, first).has_password()
    by_password, by_link, late = (
        sign_in(registry),
        sign_in(registry, by_link=True),
        sign_in(registry, by_link=True),
    )
    assert identity(registry, by_password).needs_old_password()
    assert not identity(registry, by_link).needs_old_password()
    identity(registry, by_link).set_password(by_link, "", OTHER)
    assert identity(registry, by_link).needs_old_password()
    assert registry.sessions.get(late, DAY, DAY) is None
    late = sign_in(registry, by_link=True)
    clock.tick(1000)
    assert identity(registry, late).needs_old_password()
