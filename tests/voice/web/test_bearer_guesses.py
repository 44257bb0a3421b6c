"""The bound on guesses of bearer tokens: wrong tokens are bounded, and right ones are not locked out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from freezegun import freeze_time

from tests.support.clients import ADMIN_TOKEN, TESTER
from voice.web.bearer_guesses import BURST


@pytest.fixture
def status(sqlite_app: Flask) -> Callable[..., int]:
    """The status of a request with this token, from this address."""

    def send(token: str, address: str = "10.0.0.1") -> int:
        return sqlite_app.test_client().get(
            "/admin/scenes", headers={"Authorization": f"Bearer {token}"}, environ_overrides={"REMOTE_ADDR": address}
        ).status_code  # fmt: skip

    return send


def test_guesses_of_one_address_are_bounded(status):
    with freeze_time() as clock:
        answers = [status(f"guess {number}") for number in range(BURST + 20)]
        assert answers == [401] * BURST + [429] * 20
        assert (status(ADMIN_TOKEN), status(ADMIN_TOKEN, "10.0.0.2")) == (429, 200)
        clock.tick(2)
        assert [status("guess") for _ in range(3)] == [401, 401, 429]


def test_a_flood_of_guesses_locks_out_no_token_in_use_and_no_stored_token(status, sqlite_app):
    stored = sqlite_app.extensions["midcall"].registry.tokens.create("script", "viewer", TESTER)
    with freeze_time():
        assert status(ADMIN_TOKEN) == 200
        assert [status("guess") for _ in range(BURST + 1)][-1] == 429
        assert (status(ADMIN_TOKEN), status(stored)) == (200, 200)


def test_right_tokens_are_no_guesses(status):
    with freeze_time():
        assert {status(ADMIN_TOKEN) for _ in range(BURST + 20)} == {200}


def failures(app: Flask) -> list[tuple[str, str | None, str]]:
    """The address, the token's name and the reason of each failure in the audit trail."""
    entries = app.extensions["midcall"].registry.audit.all()
    return [
        (one.address, one.target, one.details["reason"]) for one in entries if one.kind == "sign_in.failed"
    ]


def test_wrong_tokens_are_noted_once_a_minute_for_each_address(status, sqlite_app):
    with freeze_time() as clock:
        for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
            status("guess", address)
        assert failures(sqlite_app) == [("10.0.0.1", None, "unknown token")]
        clock.tick(2)
        for address in ("10.0.0.1", "10.0.0.2"):
            status("guess", address)
        assert [address for address, _, _ in failures(sqlite_app)] == ["10.0.0.1", "10.0.0.2"]
        clock.tick(58)
        status("guess")
        assert [address for address, _, _ in failures(sqlite_app)] == ["10.0.0.1", "10.0.0.2", "10.0.0.1"]


@pytest.mark.parametrize("state", ["expired", "revoked"])
def test_a_token_that_is_no_longer_valid_is_noted_with_its_name(status, sqlite_app, state):
    tokens = sqlite_app.extensions["midcall"].registry.tokens
    with freeze_time() as clock:
        token = tokens.create("nightly", "viewer", TESTER)
        if state == "revoked":
            tokens.revoke("nightly", TESTER)
        clock.tick(91 * 24 * 3600)
        assert status(token) == 401
    assert failures(sqlite_app) == [("10.0.0.1", "nightly", f"{state} token")]
