"""Claims of quiet calls: live calls without news, which a worker looks up at Twilio."""

from __future__ import annotations

import threading
from datetime import timedelta

from freezegun import freeze_time

from tests.support.database_clock import own_clock
from tests.support.recorded_calls import START, record_call, retry_until_available
from voice.events import now
from voice.registry import Registry

CLAIMERS = 3


def test_only_live_calls_without_news_are_claimed(registry):
    quiet = record_call(registry)
    record_call(registry, at=START + timedelta(seconds=50))
    record_call(registry, "completed")
    with freeze_time(START + timedelta(seconds=60)):
        assert registry.calls.claim_quiet(45) == [quiet]
        assert registry.calls.claim_quiet(45) == []


def test_a_call_is_claimed_again_after_a_minute(registry):
    call_sid = record_call(registry)
    with freeze_time(START + timedelta(seconds=46)) as clock:
        assert registry.calls.claim_quiet(45) == [call_sid]
        clock.tick(60)
        assert registry.calls.claim_quiet(45) == []
        clock.tick(1)
        assert registry.calls.claim_quiet(45) == [call_sid]


def test_a_call_with_news_is_not_claimed(registry):
    call_sid = record_call(registry)
    with freeze_time(START + timedelta(seconds=200)):
        record_call(registry, call_sid=call_sid, at=START + timedelta(seconds=190))
        assert registry.calls.claim_quiet(45) == []


def test_the_quietest_calls_are_claimed_first_and_no_more_than_the_limit(registry):
    calls = [record_call(registry, at=START + timedelta(seconds=number)) for number in range(5)]
    with freeze_time(START + timedelta(hours=1)):
        claimed = [set(registry.calls.claim_quiet(45, limit=2)) for _ in range(3)]
    assert claimed == [set(calls[:2]), set(calls[2:4]), set(calls[4:])]


def test_calls_that_twilio_does_not_know_do_not_keep_others_waiting(registry):
    unknown = {record_call(registry) for _ in range(2)}
    with freeze_time(START + timedelta(hours=1)) as clock:
        assert set(registry.calls.claim_quiet(45, limit=2)) == unknown
        quiet = record_call(registry, at=START + timedelta(minutes=30))
        clock.tick(61)
        assert quiet in registry.calls.claim_quiet(45, limit=2)


def test_hosts_whose_clocks_differ_agree_on_what_is_quiet(postgresql_url):
    """A host whose clock is two hours fast claims no call that Twilio has just reported, and none a second time."""
    registry = Registry(postgresql_url)
    quiet = record_call(registry, at=now() - timedelta(minutes=2))
    record_call(registry, at=now())
    with own_clock():
        with freeze_time(now() + timedelta(hours=2)):
            assert registry.calls.claim_quiet(45) == [quiet]
        assert registry.calls.claim_quiet(45) == []
        with freeze_time(now() - timedelta(hours=2)):
            assert registry.calls.claim_quiet(45) == []
    registry.close()


def test_each_call_is_claimed_by_one_of_several_workers(database_url):
    registry = Registry(database_url)
    calls = {record_call(registry) for _ in range(40)}
    claims: list[list[str]] = []
    start = threading.Barrier(CLAIMERS)

    def claim() -> None:
        own = Registry(database_url)
        start.wait()
        for _ in range(5):
            claims.append(retry_until_available(lambda: own.calls.claim_quiet(45, limit=15)))
        own.close()

    claimers = [threading.Thread(target=claim) for _ in range(CLAIMERS)]
    for claimer in claimers:
        claimer.start()
    for claimer in claimers:
        claimer.join()
    claimed = [call_sid for some in claims for call_sid in some]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) == calls
    registry.close()
