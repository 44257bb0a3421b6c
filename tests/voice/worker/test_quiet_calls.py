"""The sweep of quiet calls: many of them are compared with Twilio's lists, and only missing ones are looked up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from tests.support.fixtures import app_on
from tests.support.recorded_calls import record_call
from tests.support.twilio_calls import TwilioCalls, twilio_calls
from voice.events import now
from voice.worker.duties import quiet_calls
from voice.worker.duties.quiet_calls import LISTED_FROM, QuietCallsDuty

ENDED = 3


@pytest.fixture
def account() -> Iterator[tuple[TwilioCalls, str]]:
    with twilio_calls() as account:
        yield account


@pytest.fixture
def app(sqlite_url, account, tmp_path) -> Iterator[Flask]:
    with app_on(sqlite_url, tmp_path / "spool", TWILIO_API_URL=account[1]) as app:
        yield app


def sweep(services, account: TwilioCalls, count: int) -> list[str]:
    """Record quiet calls, of which Twilio has ended the first three, and sweep once; their CallSids."""
    long_ago = now() - timedelta(minutes=5)
    sids = [
        record_call(services.registry, "ringing" if n == 9 else "in-progress", long_ago) for n in range(count)
    ]
    account.ended.update(sids[:ENDED])
    account.live = sids[ENDED:]
    QuietCallsDuty(services, threading.Event()).run()
    return sids


def test_many_quiet_calls_take_a_page_of_the_list_and_a_request_for_each_call_that_has_ended(
    services, registry, account, monkeypatch
):
    monkeypatch.setattr(quiet_calls, "PAGE_CALLS", 10)
    monkeypatch.setattr(quiet_calls, "CLAIMED_AT_ONCE", 20)
    at_twilio = account[0]
    sids = sweep(services, at_twilio, 48)
    assert sorted(at_twilio.fetched) == sorted(sids[:ENDED])
    assert at_twilio.pages == 5 + 2
    states = [registry.calls.get(sid).status for sid in sids]
    assert states == ["completed"] * ENDED + ["in-progress"] * (48 - ENDED)


def test_a_call_on_a_page_that_is_not_read_is_looked_up(services, registry, account, monkeypatch):
    monkeypatch.setattr(quiet_calls, "PAGE_CALLS", 10)
    monkeypatch.setattr(quiet_calls, "MOST_PAGES", 1)
    sids = sweep(services, account[0], 25)
    assert sorted(account[0].fetched) == sorted(sids[:ENDED] + sids[ENDED + 10 :])
    assert [registry.calls.get(sid).live for sid in sids] == [False] * ENDED + [True] * (25 - ENDED)


def test_few_quiet_calls_are_looked_up_one_by_one(services, registry, account):
    sids = sweep(services, account[0], LISTED_FROM - 1)
    assert (sorted(account[0].fetched), account[0].pages) == (sorted(sids), 0)
    assert not registry.calls.get(sids[0]).live
