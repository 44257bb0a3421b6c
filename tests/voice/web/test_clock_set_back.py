"""The clock of a host is set back: what depends on times that now lie in the future goes on at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from tests.support.console_visitor import Browser
from tests.support.recorded_calls import START, record_call
from voice.events import now

HOUR = timedelta(hours=1)


@pytest.fixture
def app(sqlite_app):
    return sqlite_app


def test_a_session_stays_open(app, people):
    browser = Browser(app)
    with freeze_time(now()) as clock:
        assert browser.sign_in("admin").status_code == 303
        clock.tick(-HOUR)
        assert browser.is_signed_in()


def test_attempts_before_the_change_do_not_count(app, people):
    with freeze_time(now()) as clock:
        for _ in range(5):
            refused = Browser(app).sign_in("admin", "a wrong password")
        assert refused.status_code == 429
        clock.tick(-HOUR)
        assert Browser(app).sign_in("admin").status_code == 303
        for _ in range(5):
            refused = Browser(app).sign_in("admin", "a wrong password")
        assert refused.status_code == 429


def test_quiet_calls_are_claimed(registry):
    call_sid = record_call(registry, at=START)
    with freeze_time(START - HOUR) as clock:
        assert registry.calls.claim_quiet(45) == [call_sid]
        assert registry.calls.claim_quiet(45) == []
        clock.tick(-HOUR)
        assert registry.calls.claim_quiet(45) == [call_sid]


def test_a_call_that_was_heard_a_moment_ago_is_not_claimed_because_clocks_differ(registry):
    record_call(registry, at=START)
    with freeze_time(START - timedelta(seconds=44)):
        assert registry.calls.claim_quiet(45) == []


def test_an_emergency_stop_reaches_late_calls(registry):
    with freeze_time(START) as clock:
        registry.emergency.start(None, "ann")
        assert not registry.emergency.claim_check()
        clock.tick(-HOUR)
        assert registry.emergency.claim_check()
        assert not registry.emergency.claim_check()
