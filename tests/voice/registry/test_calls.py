"""The list of calls: pages, filters, cursors, and times in any zone."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pytest

from tests.support.recorded_calls import START, listed_sids, record_call
from voice.calls import ENDED, LIVE, RANKS, TERMINAL_RANK
from voice.errors import Malformed
from voice.registry import CallQuery


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 200])
def test_pages_have_no_gap_and_no_repeat_among_calls_of_the_same_moment(registry, limit):
    same = [record_call(registry) for _ in range(5)]
    older = record_call(registry, at=START - timedelta(microseconds=1))
    newer = record_call(registry, at=START + timedelta(seconds=1))
    assert listed_sids(registry, limit=limit) == [newer, *sorted(same, reverse=True), older]


def test_new_calls_do_not_shift_the_next_page(registry):
    before = [record_call(registry, at=START + timedelta(seconds=number)) for number in range(4)]
    page, cursor = registry.calls.find(CallQuery(limit=2))
    record_call(registry, at=START + timedelta(hours=1))
    rest, last = registry.calls.find(CallQuery(limit=2, cursor=cursor))
    assert ([call.call_sid for call in [*page, *rest]], last) == (before[::-1], None)


def test_an_empty_registry_has_one_empty_page(registry):
    assert registry.calls.find(CallQuery()) == ([], None)


def test_each_filter_finds_the_calls_that_match(registry):
    one = record_call(registry, "ringing", from_="+4930111", to="+1415", scene="menu", scene_url="https://x")
    two = record_call(registry, "completed", from_="+4930222", to="+1415", at=START + timedelta(hours=1))
    three = record_call(registry, from_="client:ada_%", to="+1510", at=START + timedelta(hours=2))
    everything = [three, two, one]
    for query, expected in [
        ({}, everything),
        ({"from_": "+4930111"}, [one]),
        ({"from_": "+4930"}, []),
        ({"to": "+1415"}, [two, one]),
        ({"scene": "menu"}, [one]),
        ({"to": "+1415", "status": ("live",)}, [one]),
        ({"since": START}, everything),
        ({"since": START + timedelta(microseconds=1)}, [three, two]),
        ({"until": START + timedelta(hours=1)}, [one]),
        ({"since": START + timedelta(hours=1), "until": START + timedelta(hours=2)}, [two]),
        ({"q": "+4930"}, [two, one]),
        ({"q": "1510"}, [three]),
        ({"q": one}, [one]),
        ({"q": "_%"}, [three]),
        ({"q": "%"}, [three]),
        ({"q": "no match"}, []),
    ]:
        assert listed_sids(registry, **query) == expected, query
        assert listed_sids(registry, **query, limit=1) == expected, query


def test_status_filters_accept_twilios_words_and_live_and_ended(registry):
    calls = {status: record_call(registry, status) for status in RANKS}
    groups = {"live": LIVE, "ended": ENDED}
    for words in [*((word,) for word in RANKS), ("live",), ("ended",), ("live", "busy"), ("live", "ended")]:
        wanted = {status for word in words for status in groups.get(word, (word,))}
        assert set(listed_sids(registry, status=words)) == {calls[status] for status in wanted}, words


def test_the_index_of_live_calls_uses_the_rank_of_the_code(registry):
    """The partial index compares with a number; it must be the same number."""
    for status in RANKS:
        record_call(registry, status)
    live, _ = registry.calls.find(CallQuery(status=("live",)))
    assert {call.status for call in live} == set(LIVE)
    assert max(RANKS.values()) == TERMINAL_RANK


def test_times_with_different_zones_are_compared_in_utc(registry):
    call_sid = record_call(registry, at=datetime.fromisoformat("2026-03-01T18:30:00+09:00"))
    assert registry.calls.get(call_sid).started_at == START
    until = datetime.fromisoformat("2026-03-01T04:31:00-05:00")
    assert listed_sids(registry, since=START, until=until) == [call_sid]


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


FOREIGN_CURSORS = [
    "x", "!", "\u00e9", "AAAA", cursor("yesterday CA"), cursor("2026-03-01T09:30:00+00:00"),
    cursor("2026-03-01T09:30:00 CA" + "0" * 32), cursor("0001-01-01T00:00:00+14:00 CA" + "0" * 32),
    cursor("2026-03-01T09:30:00+00:00 C\0A"), cursor("2026-03-01T09:30:00+00:00 ' OR 1=1"),
]  # fmt: skip


def test_a_cursor_that_is_not_from_the_list_is_refused(registry):
    for foreign in FOREIGN_CURSORS:
        with pytest.raises(Malformed):
            registry.calls.find(CallQuery(cursor=foreign))
