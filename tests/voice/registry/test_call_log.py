"""The registry of calls: lists page by page, statuses that only move forward, events with no gap, claims."""

from __future__ import annotations

import base64
import multiprocessing
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from tests.support.clients import new_call_sid
from voice.calls import ENDED, LIVE, RANKS, TERMINAL_RANK, CallFacts
from voice.errors import Malformed, RegistryUnavailable
from voice.events import NewEvent
from voice.registry import CallQuery, Registry

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
WRITERS = 3


def kept(registry: Registry, status: str = "in-progress", at: datetime = START, **facts: Any) -> str:
    """A call that a webhook told of; its CallSid."""
    call_sid = facts.pop("call_sid", None) or new_call_sid()
    event = NewEvent("webhook.status", "twilio", call_sid, at=at)
    assert registry.events.record(event, CallFacts(call_sid, status, **facts))
    return call_sid


def sids(registry: Registry, **query: Any) -> list[str]:
    """All calls that fit, in the order of the list, read page by page."""
    found, cursor = [], None
    while True:
        page, cursor = registry.calls.find(CallQuery(**query, cursor=cursor))
        found += [call.call_sid for call in page]
        if cursor is None:
            return found
        assert len(page) == query.get("limit", 50)


def persistently(work: Callable[[], Any]) -> Any:
    """What `work` returns; on SQLite the others' lock may make it wait longer than the registry does."""
    while True:
        try:
            return work()
        except RegistryUnavailable:
            continue


# Lists


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 200])
def test_pages_join_without_gap_or_repeat_also_at_the_same_moment(registry, limit):
    same = [kept(registry) for _ in range(5)]
    older, newer = (
        kept(registry, at=START - timedelta(microseconds=1)),
        kept(registry, at=START + timedelta(seconds=1)),
    )
    assert sids(registry, limit=limit) == [newer, *sorted(same, reverse=True), older]


def test_calls_that_come_meanwhile_do_not_shift_the_pages(registry):
    before = [kept(registry, at=START + timedelta(seconds=number)) for number in range(4)]
    page, cursor = registry.calls.find(CallQuery(limit=2))
    kept(registry, at=START + timedelta(hours=1))
    rest, last = registry.calls.find(CallQuery(limit=2, cursor=cursor))
    assert ([call.call_sid for call in [*page, *rest]], last) == (before[::-1], None)


def test_an_empty_registry_has_one_empty_page(registry):
    assert registry.calls.find(CallQuery()) == ([], None)


def test_filters(registry):
    one = kept(registry, "ringing", from_="+4930111", to="+1415", scene="menu", scene_url="https://x")
    two = kept(registry, "completed", from_="+4930222", to="+1415", at=START + timedelta(hours=1))
    three = kept(registry, "in-progress", from_="client:ada_%", to="+1510", at=START + timedelta(hours=2))
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
        ({"q": "nobody"}, []),
    ]:
        assert sids(registry, **query) == expected, query
        assert sids(registry, **query, limit=1) == expected, query


def test_status_words(registry):
    there = {status: kept(registry, status) for status in RANKS}
    groups = {"live": LIVE, "ended": ENDED}
    for words in [*((word,) for word in RANKS), ("live",), ("ended",), ("live", "busy"), ("live", "ended")]:
        wanted = {status for word in words for status in groups.get(word, (word,))}
        assert set(sids(registry, status=words)) == {there[status] for status in wanted}, words


@pytest.mark.parametrize(("told", "kept_at"), [(0, 0.876), (1, 0.876), (-1, -1)])
def test_twilios_whole_second_does_not_blur_when_a_call_began(registry, told, kept_at):
    call_sid = kept(registry, "ringing", at=START + timedelta(seconds=0.876))
    facts = CallFacts(call_sid, "in-progress", started_at=START + timedelta(seconds=told))
    registry.calls.reconcile(facts, "sweep.corrected")
    assert registry.calls.get(call_sid).started_at == START + timedelta(seconds=kept_at)


def test_a_moment_is_the_same_in_any_zone(registry):
    call_sid = kept(registry, at=datetime.fromisoformat("2026-03-01T18:30:00+09:00"))
    assert registry.calls.get(call_sid).started_at == START
    assert sids(registry, since=START, until=datetime.fromisoformat("2026-03-01T04:31:00-05:00")) == [
        call_sid
    ]


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


NO_CURSORS = [
    "x", "!", "\u00e9", "AAAA", cursor("yesterday CA"), cursor("2026-03-01T09:30:00+00:00"),
    cursor("2026-03-01T09:30:00 CA" + "0" * 32), cursor("0001-01-01T00:00:00+14:00 CA" + "0" * 32),
    cursor("2026-03-01T09:30:00+00:00 C\0A"), cursor("2026-03-01T09:30:00+00:00 ' OR 1=1"),
]  # fmt: skip


def test_a_cursor_that_the_list_did_not_give_out_is_refused(registry):
    for given_cursor in NO_CURSORS:
        with pytest.raises(Malformed):
            registry.calls.find(CallQuery(cursor=given_cursor))


# What is said of a call


TOLD = st.lists(st.tuples(st.sampled_from(sorted(RANKS)), st.integers(0, 3)), min_size=1, max_size=12)


@bounds(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=TOLD)
def test_a_status_never_goes_backwards_and_an_end_is_final(registry, told):
    """Status callbacks in any order, repeated at will: the rank only grows, and the first end stays."""
    call_sid, before, news = new_call_sid(), None, set()
    first_id = registry.events.last_id()
    for status, sequence in told:
        event = NewEvent("webhook.status", "twilio", call_sid, {}, f"status:{call_sid}:{status}:{sequence}")
        assert registry.events.record(event, CallFacts(call_sid, status)) is ((status, sequence) not in news)
        news.add((status, sequence))
        call = registry.calls.get(call_sid)
        if before is not None:
            assert RANKS[call.status] >= RANKS[before.status]
            assert before.live or (call.status, call.ended_at) == (before.status, before.ended_at)
        assert call.live is (call.ended_at is None)
        before = call
    assert RANKS[before.status] == max(RANKS[status] for status, _ in told)
    assert registry.events.last_id() - first_id == len(news) == len(registry.events.of_call(call_sid))


def test_gaps_are_filled_and_what_is_known_stays(registry):
    call_sid = kept(registry, "in-progress")
    kept(
        registry,
        "ringing",
        call_sid=call_sid,
        from_="+1",
        to="+2",
        direction="inbound",
        at=START + timedelta(seconds=5),
    )
    kept(registry, "ringing", call_sid=call_sid, from_="+9", at=START - timedelta(seconds=5))
    call = registry.calls.get(call_sid)
    assert (call.status, call.from_, call.to, call.direction) == ("in-progress", "+1", "+2", "inbound")
    assert (call.started_at, call.answered_at) == (START - timedelta(seconds=5), START)


def test_the_scene_is_the_one_of_the_last_visit(registry):
    call_sid = kept(registry, scene="greeting", scene_url="https://x/greeting")
    kept(registry, call_sid=call_sid, scene="menu", scene_url="https://x/menu")
    kept(registry, "completed", call_sid=call_sid)
    call = registry.calls.get(call_sid)
    assert (call.scene, call.scene_url, call.status) == ("menu", "https://x/menu", "completed")


def test_learning_is_recorded_only_when_it_is_news(registry):
    call_sid = kept(registry, "in-progress")
    assert not registry.calls.reconcile(CallFacts(call_sid, "in-progress"), "sweep.corrected")
    assert not registry.calls.reconcile(CallFacts(call_sid, "ringing"), "sweep.corrected")
    assert registry.calls.reconcile(CallFacts(call_sid, "completed"), "sweep.corrected")
    assert not registry.calls.reconcile(CallFacts(call_sid, "completed"), "sweep.corrected")
    assert not registry.calls.reconcile(CallFacts(call_sid, "busy"), "sweep.corrected")
    assert [event.kind for event in registry.events.of_call(call_sid)] == [
        "webhook.status",
        "sweep.corrected",
    ]
    assert registry.calls.get(call_sid).status == "completed"


def test_what_is_kept_comes_back_as_it_was(registry):
    call_sid, words = new_call_sid(), "\U0001f600 \u00e9 <Hangup/> ' \" \\ \u202e"
    details = {"twilio": {"SpeechResult": words}, "n": 1, "none": None}
    registry.events.record(
        NewEvent("webhook.scene", "twilio", call_sid, details, at=START), CallFacts(call_sid, None, words)
    )
    (event,) = registry.events.of_call(call_sid)
    assert (event.details, event.at, event.at.utcoffset()) == (details, START, timedelta(0))
    assert registry.calls.get(call_sid).from_ == words
    assert registry.calls.get(call_sid).status == "queued"


# Numbers of events


def test_ids_have_no_gap_after_duplicates(registry):
    call_sid = new_call_sid()
    for _ in range(3):
        for number in range(3):
            registry.events.record(
                NewEvent("k", "twilio", call_sid, {}, f"{call_sid}:{number}"), CallFacts(call_sid, None)
            )
    assert (
        [event.id for event in registry.events.after(0)]
        == [1, 2, 3]
        == list(range(1, registry.events.last_id() + 1))
    )


def test_events_after_an_id_come_in_bounded_pages(registry):
    for _ in range(5):
        kept(registry)
    assert [event.id for event in registry.events.after(2)] == [3, 4, 5]
    assert [event.id for event in registry.events.after(1, limit=2)] == [2, 3]
    assert registry.events.after(5) == []


def write_some(url: str, writer: int, start: Any) -> None:
    """In a process of its own: 10 events of its own, and 10 that every writer tells alike."""
    registry = Registry(url)
    start.wait()
    for number in range(10):
        for key in (f"shared:{number}", f"{writer}:{number}"):
            call_sid = f"CA{number:032x}"
            event = NewEvent("webhook.status", "twilio", call_sid, {"writer": writer}, key)
            persistently(
                lambda event=event, call_sid=call_sid: registry.events.record(
                    event, CallFacts(call_sid, "ringing")
                )
            )
    registry.close()


def test_ids_have_no_gap_with_several_processes_writing(database_url):
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(WRITERS, timeout=60)
    writers = [
        context.Process(target=write_some, args=[database_url, number, start]) for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    registry = Registry(database_url)
    events = registry.events.after(0)
    assert [event.id for event in events] == list(range(1, 10 + 10 * WRITERS + 1))
    assert registry.events.last_id() == len(events)
    assert len(sids(registry)) == 10
    registry.close()


def test_a_reader_never_skips_an_event_of_concurrent_writers(database_url):
    """Whoever asks for what came after the last one it saw has seen all of them at the end."""
    registry, total = Registry(database_url), WRITERS * 25

    def write() -> None:
        own = Registry(database_url)
        for _ in range(25):
            call_sid = new_call_sid()
            event = NewEvent("k", "twilio", call_sid, dedupe_key=call_sid)
            persistently(
                lambda event=event, call_sid=call_sid: own.events.record(event, CallFacts(call_sid, None))
            )
        own.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    while len(seen) < total:
        seen += [event.id for event in registry.events.after(seen[-1] if seen else 0, limit=7)]
    for writer in writers:
        writer.join()
    assert seen == list(range(1, total + 1))
    registry.close()


# The sweep's claim


def test_only_live_and_quiet_calls_are_taken(registry):
    quiet, _fresh, _ended = (
        kept(registry),
        kept(registry, at=START + timedelta(seconds=50)),
        kept(registry, "completed"),
    )
    with freeze_time(START + timedelta(seconds=60)):
        assert registry.calls.claim_quiet(45) == [quiet]
        assert registry.calls.claim_quiet(45) == []


def test_a_call_is_taken_again_after_a_minute(registry):
    call_sid = kept(registry)
    with freeze_time(START + timedelta(seconds=46)) as clock:
        assert registry.calls.claim_quiet(45) == [call_sid]
        clock.tick(60)
        assert registry.calls.claim_quiet(45) == []
        clock.tick(1)
        assert registry.calls.claim_quiet(45) == [call_sid]


def test_a_call_that_was_heard_of_is_quiet_no_more(registry):
    call_sid = kept(registry)
    with freeze_time(START + timedelta(seconds=200)):
        kept(registry, call_sid=call_sid, at=START + timedelta(seconds=190))
        assert registry.calls.claim_quiet(45) == []


def test_the_quietest_are_taken_first_and_never_more_than_the_limit(registry):
    calls = [kept(registry, at=START + timedelta(seconds=number)) for number in range(5)]
    with freeze_time(START + timedelta(hours=1)):
        taken = [set(registry.calls.claim_quiet(45, limit=2)) for _ in range(3)]
    assert taken == [set(calls[:2]), set(calls[2:4]), set(calls[4:])]


def test_calls_that_nobody_can_tell_about_do_not_keep_others_waiting(registry):
    unknown = {kept(registry) for _ in range(2)}
    with freeze_time(START + timedelta(hours=1)) as clock:
        assert set(registry.calls.claim_quiet(45, limit=2)) == unknown
        quiet = kept(registry, at=START + timedelta(minutes=30))
        clock.tick(61)
        assert quiet in registry.calls.claim_quiet(45, limit=2)


def test_two_claimers_share_the_calls(database_url):
    registry = Registry(database_url)
    calls = {kept(registry) for _ in range(40)}
    taken: list[list[str]] = []
    start = threading.Barrier(WRITERS)

    def claim() -> None:
        own = Registry(database_url)
        start.wait()
        for _ in range(5):
            taken.append(persistently(lambda: own.calls.claim_quiet(45, limit=15)))
        own.close()

    claimers = [threading.Thread(target=claim) for _ in range(WRITERS)]
    for claimer in claimers:
        claimer.start()
    for claimer in claimers:
        claimer.join()
    claimed = [call_sid for some in taken for call_sid in some]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) == calls
    registry.close()


def test_ranks_in_the_database_are_those_of_the_words(registry):
    """The partial index on live calls compares with a number; it must be the same one."""
    for status in RANKS:
        kept(registry, status)
    live, _ = registry.calls.find(CallQuery(status=("live",)))
    assert {call.status for call in live} == set(LIVE)
    assert max(RANKS.values()) == TERMINAL_RANK
