"""The rules of signing in: who is let in, for how long, how often a guess is checked, and who sets a password."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from freezegun import freeze_time

from tests.support.clients import TESTER, settings
from voice.audit import Actor
from voice.config import load
from voice.errors import Malformed, NotFound, NotSignedIn, TooManyAttempts
from voice.operators.identity import Identity
from voice.operators.passwords import hash_password
from voice.operators.roles import Operator
from voice.operators.sign_in import SignIn, Visitor
from voice.operators.sign_in_links import first_sign_in_link, sign_in_link
from voice.registry import Registry
from voice.registry.sessions import Session

PASSWORD, OTHER = "correct horse battery", "another battery"
ADA = Actor("ada", "10.0.0.1")


@pytest.fixture(scope="module")
def password_hash() -> str:
    """The hash of PASSWORD. Hashing is slow on purpose, so it is done once."""
    return hash_password(PASSWORD)


@pytest.fixture
def registry(sqlite_url, password_hash) -> Iterator[Registry]:
    """Two operators with the same password, and one without any."""
    registry = Registry(sqlite_url)
    for name, role in (("ada", "admin"), ("bob", "operator"), ("new", "viewer")):
        registry.operators.add(name, role, TESTER)
    for name in ("ada", "bob"):
        registry.operators.set_password_hash(name, password_hash, TESTER)
    yield registry
    registry.close()


@pytest.fixture
def rules(registry) -> SignIn:
    """The rules: sessions end after eight idle hours or after a day."""
    return SignIn(load(settings(), dotenv=None), registry)


def visitor(number: int = 1, device: str | None = None) -> Visitor:
    """A browser at an address of its own."""
    return Visitor(f"10.0.0.{number}", "a browser", device)


def entries(registry: Registry) -> list[tuple[str, str | None, str | None]]:
    """The kind, the account and the reason of each entry of the audit trail about a sign-in, newest last."""
    return [
        (one.kind, one.target, (one.details or {}).get("reason"))
        for one in registry.audit.all()
        if one.kind.startswith("sign_in")
    ]


# Who is let in


def test_the_password_opens_a_session_of_its_operator(rules):
    secret = rules.by_password("ada", PASSWORD, visitor())
    assert rules.operator(secret) == Operator("ada", "admin")
    session = rules.session(secret)
    assert (session.operator, session.by_link, session.address) == ("ada", False, "10.0.0.1")
    assert session.user_agent == "a browser"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ada", OTHER), ("ada", ""), ("ada", PASSWORD[:-1]), ("ADA", PASSWORD), ("new", ""), ("new", PASSWORD),
        ("new", "no operator has this password"), ("unknown", PASSWORD), ("", ""),
    ],
)  # fmt: skip
def test_nothing_else_opens_a_session(rules, name, password):
    with pytest.raises(NotSignedIn, match="The name or the password is wrong"):
        rules.by_password(name, password, visitor())


def test_a_disabled_operator_is_let_in_neither_by_password_nor_by_link(rules, registry):
    registry.operators.disable("ada", TESTER)
    link = registry.links.create("ada", TESTER)
    with pytest.raises(NotSignedIn, match="is wrong"):
        rules.by_password("ada", PASSWORD, visitor())
    with pytest.raises(NotSignedIn, match="has been used"):
        rules.by_link(link, visitor())
    registry.operators.enable("ada", TESTER)
    assert rules.operator(rules.by_password("ada", PASSWORD, visitor())).name == "ada"


def test_a_link_opens_one_session_of_its_operator(rules, registry):
    link = registry.links.create("new", TESTER)
    session = rules.session(rules.by_link(link, visitor(2)))
    assert (session.operator, session.role, session.by_link, session.address) == (
        "new",
        "viewer",
        True,
        "10.0.0.2",
    )
    for given in (link, "", "unknown"):
        with pytest.raises(NotSignedIn, match="has been used"):
            rules.by_link(given, visitor())


def test_a_link_expires_after_a_day(rules, registry):
    with freeze_time("2026-03-01 12:00") as clock:
        early, late = registry.links.create("ada", TESTER), registry.links.create("ada", TESTER)
        clock.tick(24 * 3600 - 1)
        rules.by_link(early, visitor())
        clock.tick(1)
        with pytest.raises(NotSignedIn):
            rules.by_link(late, visitor())


def test_a_session_ends_after_eight_idle_hours_and_after_a_day(rules, registry):
    with freeze_time("2026-03-01 12:00") as clock:
        secret = rules.by_password("ada", PASSWORD, visitor())
        for _ in range(3):
            clock.tick(7 * 3600)
            registry.sessions.touch(rules.session(secret))
        clock.tick(3 * 3600 - 1)
        assert rules.session(secret) is not None
        clock.tick(1)
        assert rules.session(secret) is None
        idle = rules.by_password("ada", PASSWORD, visitor())
        clock.tick(8 * 3600 - 1)
        assert rules.session(idle) is not None
        clock.tick(1)
        with pytest.raises(NotSignedIn):
            rules.operator(idle)


def test_a_session_shows_the_present_role(rules, registry):
    secret = rules.by_password("bob", PASSWORD, visitor())
    registry.operators.set_role("bob", "viewer", TESTER)
    assert rules.operator(secret) == Operator("bob", "viewer")


# Guessing


def checked(rules: SignIn, attempts: list[tuple[str, Visitor]]) -> int:
    """How many of these wrong guesses are checked."""
    count = 0
    for name, browser in attempts:
        try:
            rules.by_password(name, OTHER, browser)
        except TooManyAttempts:
            continue
        except NotSignedIn:
            count += 1
    return count


@pytest.fixture
def still() -> Iterator[Any]:
    """The time stands still."""
    with freeze_time("2026-03-01 12:00") as clock:
        yield clock


def test_an_account_is_guessed_three_times_from_one_address_and_four_times_in_all(rules, still):
    assert checked(rules, [("ada", visitor(1))] * 6) == 3
    assert checked(rules, [("ada", visitor(number)) for number in range(2, 9)]) == 1
    assert checked(rules, [("bob", visitor(1))] * 6) == 3


def test_one_address_guesses_ten_accounts(rules, still):
    assert checked(rules, [(f"name{number}", visitor()) for number in range(15)]) == 10
    assert checked(rules, [(f"name{number}", visitor(2)) for number in range(15)]) == 10


def test_attempts_are_free_again_after_their_time(rules, still):
    assert checked(rules, [("ada", visitor())] * 6) == 3
    still.tick(30)
    assert checked(rules, [("ada", visitor())] * 6) == 1
    with pytest.raises(TooManyAttempts, match="Wait a minute"):
        rules.by_password("ada", PASSWORD, visitor())
    still.tick(60)
    assert rules.by_password("ada", PASSWORD, visitor())


def test_a_known_browser_has_one_attempt_a_minute_of_its_own(rules, still):
    known = visitor(9, rules.device_mark("ada"))
    assert checked(rules, [("ada", visitor(number)) for number in range(1, 9)]) == 4
    assert checked(rules, [("ada", known)] * 3) == 1
    still.tick(60)
    assert rules.by_password("ada", PASSWORD, known)


@pytest.mark.parametrize("device", [None, "", "x", "\u00e9"])
def test_a_browser_with_another_mark_is_not_known(rules, still, device):
    assert checked(rules, [("ada", visitor(number)) for number in range(1, 9)]) == 4
    for mark in (device, rules.device_mark("bob"), rules.device_mark("ada").upper()):
        assert checked(rules, [("ada", visitor(9, mark))]) == 0, mark


def test_the_mark_of_a_device_depends_on_the_name_and_the_secret_key(rules, registry):
    other = SignIn(load(settings(SECRET_KEY="another secret of the tests"), dotenv=None), registry)
    marks = {rules.device_mark("ada"), rules.device_mark("bob"), other.device_mark("ada")}
    assert len(marks) == 3
    assert rules.device_mark("ada") == SignIn(load(settings(), dotenv=None), registry).device_mark("ada")


# Passwords


def opened(rules: SignIn, registry: Registry, name: str, *, by_link: bool = False) -> tuple[Session, str]:
    """A session of this operator, and its secret."""
    link = registry.links.create(name, TESTER)
    secret = rules.by_link(link, visitor()) if by_link else rules.by_password(name, PASSWORD, visitor())
    return rules.session(secret), secret


@pytest.mark.parametrize("old", ["", " ", OTHER, PASSWORD[:-1], PASSWORD.upper()])
def test_a_password_is_not_changed_without_the_old_one(rules, registry, old):
    session, secret = opened(rules, registry, "ada")
    with pytest.raises(NotSignedIn, match="current password is wrong"):
        Identity(registry, session, ADA).set_password(secret, old, OTHER)
    assert rules.by_password("ada", PASSWORD, visitor(2))


def test_the_old_password_is_guessed_four_times(rules, registry, still):
    session, secret = opened(rules, registry, "ada")
    for _ in range(4):
        with pytest.raises(NotSignedIn, match="current password is wrong"):
            Identity(registry, session, ADA).set_password(secret, OTHER, OTHER)
    with pytest.raises(TooManyAttempts):
        Identity(registry, session, ADA).set_password(secret, PASSWORD, OTHER)
    bob, bobs_secret = opened(rules, registry, "bob")
    Identity(registry, bob, Actor("bob", "10.0.0.1")).set_password(bobs_secret, PASSWORD, OTHER)


def test_a_session_that_a_link_opened_needs_no_old_password(rules, registry):
    session, secret = opened(rules, registry, "ada", by_link=True)
    Identity(registry, session, ADA).set_password(secret, "", OTHER)
    assert rules.by_password("ada", OTHER, visitor(2))


def test_a_first_password_needs_no_old_one(rules, registry):
    session, secret = opened(rules, registry, "new", by_link=True)
    Identity(registry, session, Actor("new", "10.0.0.1")).set_password(secret, "", OTHER)
    assert rules.operator(rules.by_password("new", OTHER, visitor(2))).role == "viewer"


@pytest.mark.parametrize("new", ["short", "x" * 201, "", "the password of ada", "ADA is my name"])
def test_a_new_password_that_is_too_short_or_holds_the_name_is_refused(rules, registry, new):
    session, secret = opened(rules, registry, "ada")
    with pytest.raises(Malformed):
        Identity(registry, session, ADA).set_password(secret, PASSWORD, new)
    assert rules.by_password("ada", PASSWORD, visitor(2))


def test_a_new_password_ends_all_other_sessions_of_the_operator_and_their_links(rules, registry):
    session, secret = opened(rules, registry, "ada")
    other, bobs = (
        rules.by_password("ada", PASSWORD, visitor(2)),
        rules.by_password("bob", PASSWORD, visitor(3)),
    )
    link, bobs_link = registry.links.create("ada", TESTER), registry.links.create("bob", TESTER)
    Identity(registry, session, ADA).set_password(secret, PASSWORD, OTHER)
    assert [rules.session(one) is not None for one in (secret, other, bobs)] == [True, False, True]
    with pytest.raises(NotSignedIn):
        rules.by_link(link, visitor())
    assert rules.by_link(bobs_link, visitor())
    with pytest.raises(NotSignedIn):
        rules.by_password("ada", PASSWORD, visitor(4))
    assert rules.by_password("ada", OTHER, visitor(5))


# Links


def test_the_first_link_is_for_the_first_enabled_admin(rules, registry):
    config = load(settings(), dotenv=None)

    def signed_in() -> str:
        link = first_sign_in_link(config, registry, TESTER)
        assert link.startswith("https://calls.example.com/console/sign-in/")
        return rules.operator(rules.by_link(link.rpartition("/")[2], visitor())).name

    assert signed_in() == "ada"
    registry.operators.disable("ada", TESTER)
    assert signed_in() == "admin"
    assert signed_in() == "admin"
    assert registry.operators.get("admin").role == "admin"


def test_a_link_is_for_an_operator_who_exists(registry):
    with pytest.raises(NotFound, match="no operator named 'unknown'"):
        sign_in_link(load(settings(), dotenv=None), registry, "unknown", TESTER)


def test_the_audit_trail_says_why_a_sign_in_failed(rules, registry, still):
    registry.operators.disable("bob", TESTER)
    for name in ("ada", "bob", "new", "unknown"):
        checked(rules, [(name, visitor())])
    with pytest.raises(NotSignedIn):
        rules.by_link(registry.links.create("bob", TESTER), visitor())
    with pytest.raises(NotSignedIn):
        rules.by_link("unknown", visitor())
    rules.by_password("ada", PASSWORD, visitor())
    assert entries(registry) == [
        ("sign_in.failed", "ada", "wrong password"),
        ("sign_in.failed", "bob", "disabled"),
        ("sign_in.failed", "new", "no password yet"),
        ("sign_in.failed", None, "no such account"),
        ("sign_in.failed", "bob", "disabled"),
        ("sign_in.failed", None, "invalid link"),
        ("sign_in.succeeded", "ada", None),
    ]


def test_attempts_beyond_the_limit_are_noted_once_a_minute_for_each_address(rules, registry, still):
    checked(rules, [("ada", visitor())] * 9)
    assert [kind for kind, _, _ in entries(registry)] == ["sign_in.failed"] * 3 + ["sign_in.limited"]
    checked(rules, [("ada", visitor(2))] * 3)
    assert [kind for kind, _, _ in entries(registry)][4:] == ["sign_in.failed", "sign_in.limited"]
    still.tick(60)
    checked(rules, [("ada", visitor())] * 9)
    assert entries(registry)[-1] == ("sign_in.limited", "ada", "too many attempts")
