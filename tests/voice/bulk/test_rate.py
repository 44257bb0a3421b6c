"""The rate of requests: the limit in parallel, what a 429 does to it, and the calls per second."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from voice.bulk.rate import BURST_SECONDS, SLOW_DOWN_SECONDS, RequestRate


class Refusal(Exception):
    """An answer of Twilio."""

    def __init__(self, status: int):
        self.status = status


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    """The time, which stops until a test ticks it."""
    with freeze_time("2026-03-01T09:00:00Z") as frozen:
        yield frozen


def refuse(rate: RequestRate, status: int = 429) -> None:
    """One request that Twilio refuses."""
    with pytest.raises(Refusal), rate:
        raise Refusal(status)


def test_a_429_halves_the_limit_once_for_all_requests_that_were_on_the_way(clock):
    rate = RequestRate(8, 0)
    refuse(rate)
    refuse(rate)
    clock.tick(SLOW_DOWN_SECONDS - 0.01)
    refuse(rate)
    assert rate.limit == 4
    clock.tick(0.01)
    refuse(rate)
    assert rate.limit == 2


def test_one_request_may_always_be_in_progress(clock):
    rate = RequestRate(3, 0)
    for _ in range(5):
        refuse(rate)
        clock.tick(SLOW_DOWN_SECONDS)
    assert rate.limit == 1
    with rate:
        pass
    assert rate.limit == 2


def test_other_errors_do_not_slow_down(clock):
    rate = RequestRate(8, 0)
    refuse(rate, 500)
    with pytest.raises(ValueError, match="none of Twilio's"), rate:
        raise ValueError("none of Twilio's")
    assert rate.limit == 8


def test_the_limit_grows_by_one_in_a_round_up_to_the_maximum(clock):
    rate = RequestRate(8, 0)
    refuse(rate)
    limits = []
    for _ in range(40):
        with rate:
            pass
        limits.append(rate.limit)
    assert limits[3] == 4
    assert limits[4] == 5
    assert limits[8:10] == [5, 6]
    assert max(limits) == limits[-1] == 8


def test_a_request_waits_until_another_one_is_over():
    rate, entered, order = RequestRate(2, 0), threading.Event(), []

    def request() -> None:
        with rate:
            order.append("third")
            entered.set()

    with rate:
        with rate:
            thread = threading.Thread(target=request)
            thread.start()
            assert not entered.wait(0.05)
            order.append("second is over")
        assert entered.wait(10)
    thread.join()
    assert order == ["second is over", "third"]


def test_calls_per_second_are_saved_up_for_a_tenth_of_a_second(clock):
    rate = RequestRate(8, 100)
    clock.tick(5)
    assert rate.take(50) == int(100 * BURST_SECONDS)
    assert rate.take(50) == 0
    clock.tick(0.055)
    assert [rate.take(3), rate.take(50)] == [3, 2]


def test_a_slow_rate_saves_up_one_call(clock):
    rate = RequestRate(8, 0.5)
    assert [rate.take(5), rate.take(5)] == [1, 0]
    clock.tick(1.9)
    assert rate.take(5) == 0
    clock.tick(0.1)
    assert rate.take(5) == 1
    clock.tick(60)
    assert rate.take(5) == 1


def test_calls_that_were_not_started_are_given_back(clock):
    rate = RequestRate(8, 100)
    clock.tick(1)
    assert rate.take(10) == 10
    rate.give_back(4)
    assert rate.take(10) == 4


def test_without_a_rate_every_call_may_start(clock):
    rate = RequestRate(8, 0)
    assert [rate.take(5), rate.take(500), rate.take(0)] == [5, 500, 0]


def test_no_negative_number_of_calls_is_taken(clock):
    rate = RequestRate(8, 100)
    clock.tick(1)
    assert rate.take(-3) == 0
    assert rate.take(100) == 10
