"""What events change in the row of a call: status, place, numbers, times."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from tests.support.clients import new_call_sid
from tests.support.recorded_calls import START, record_call
from voice.calls import RANKS, CallFacts
from voice.events import NewEvent

STATUS_CALLBACKS = st.lists(
    st.tuples(st.sampled_from(sorted(RANKS)), st.integers(0, 3)), min_size=1, max_size=12
)


@bounds(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(callbacks=STATUS_CALLBACKS)
def test_a_status_never_moves_backward_and_the_first_end_stays(registry, callbacks):
    """Status callbacks arrive in any order and are repeated: the rank only grows."""
    call_sid, before, recorded = new_call_sid(), None, set()
    first_id = registry.events.last_id()
    for status, sequence in callbacks:
        event = NewEvent("webhook.status", "twilio", call_sid, {}, f"status:{call_sid}:{status}:{sequence}")
        is_new = (status, sequence) not in recorded
        assert registry.events.record(event, CallFacts(call_sid, status)) is is_new
        recorded.add((status, sequence))
        call = registry.calls.get(call_sid)
        if before is not None:
            assert RANKS[call.status] >= RANKS[before.status]
            assert before.live or (call.status, call.ended_at) == (before.status, before.ended_at)
        assert call.live is (call.ended_at is None)
        before = call
    assert RANKS[before.status] == max(RANKS[status] for status, _ in callbacks)
    assert registry.events.last_id() - first_id == len(recorded) == len(registry.events.of_call(call_sid))


def test_later_facts_fill_gaps_and_replace_nothing(registry):
    call_sid, numbers = record_call(registry, "in-progress"), {"from_": "+1", "to": "+2"}
    later, earlier = START + timedelta(seconds=5), START - timedelta(seconds=5)
    record_call(registry, "ringing", at=later, call_sid=call_sid, direction="inbound", **numbers)
    record_call(registry, "ringing", at=earlier, call_sid=call_sid, from_="+9")
    call = registry.calls.get(call_sid)
    assert (call.status, call.from_, call.to, call.direction) == ("in-progress", "+1", "+2", "inbound")
    assert (call.started_at, call.answered_at) == (earlier, START)


LATER = START + timedelta(seconds=5)
MOMENTS = st.integers(0, 20).map(lambda seconds: START + timedelta(seconds=seconds / 4))
REPORTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(RANKS)),
        MOMENTS,
        st.none() | MOMENTS,
        st.none() | MOMENTS,
        st.none() | st.integers(0, 9),
    ),
    min_size=1,
    max_size=6,
)


@bounds(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports=REPORTS)
@example(reports=[("completed", START, None, None, None), ("in-progress", LATER, None, None, None)])
@example(reports=[("ringing", LATER, None, None, None), ("completed", LATER, None, START, None)])
@example(reports=[("completed", LATER, None, START, 9)])
def test_a_call_is_never_answered_before_its_start_or_after_its_end(registry, reports):
    """Reports arrive late and in any order, and Twilio's times are earlier or later than the clock of the app."""
    call_sid = new_call_sid()
    for status, at, started_at, ended_at, duration in reports:
        facts = {"started_at": started_at, "ended_at": ended_at, "duration_seconds": duration}
        record_call(registry, status, at, call_sid=call_sid, **facts)
        call = registry.calls.get(call_sid)
        known = [moment for moment in (call.started_at, call.answered_at, call.ended_at) if moment]
        assert known == sorted(known)


@pytest.mark.parametrize(("reported", "stored"), [(0, 0.876), (1, 0.876), (-1, -1)])
def test_the_whole_seconds_of_the_api_do_not_blur_the_start_of_a_call(registry, reported, stored):
    call_sid = record_call(registry, "ringing", at=START + timedelta(seconds=0.876))
    facts = CallFacts(call_sid, "in-progress", started_at=START + timedelta(seconds=reported))
    registry.calls.reconcile(facts, "sweep.corrected")
    assert registry.calls.get(call_sid).started_at == START + timedelta(seconds=stored)


def test_the_scene_is_that_of_the_last_visit(registry):
    call_sid = record_call(registry, scene="greeting", scene_url="https://x/greeting")
    record_call(registry, call_sid=call_sid, scene="menu", scene_url="https://x/menu")
    record_call(registry, "completed", call_sid=call_sid)
    call = registry.calls.get(call_sid)
    assert (call.scene, call.scene_url, call.status) == ("menu", "https://x/menu", "completed")


def test_a_status_from_the_api_is_recorded_only_if_it_is_new(registry):
    call_sid = record_call(registry, "in-progress")
    assert not registry.calls.reconcile(CallFacts(call_sid, "in-progress"), "sweep.corrected")
    assert not registry.calls.reconcile(CallFacts(call_sid, "ringing"), "sweep.corrected")
    assert registry.calls.reconcile(CallFacts(call_sid, "completed"), "sweep.corrected")
    assert not registry.calls.reconcile(CallFacts(call_sid, "completed"), "sweep.corrected")
    assert not registry.calls.reconcile(CallFacts(call_sid, "busy"), "sweep.corrected")
    kinds = [event.kind for event in registry.events.of_call(call_sid)]
    assert kinds == ["webhook.status", "sweep.corrected"]
    assert registry.calls.get(call_sid).status == "completed"


def test_any_text_and_time_is_read_back_unchanged(registry):
    call_sid, words = new_call_sid(), "\U0001f600 \u00e9 <Hangup/> ' \" \\ \u202e"
    details = {"twilio": {"SpeechResult": words}, "n": 1, "none": None}
    event = NewEvent("webhook.scene", "twilio", call_sid, details, at=START)
    registry.events.record(event, CallFacts(call_sid, None, words))
    (stored,) = registry.events.of_call(call_sid)
    assert (stored.details, stored.at, stored.at.utcoffset()) == (details, START, timedelta(0))
    assert registry.calls.get(call_sid).from_ == words
    assert registry.calls.get(call_sid).status == "queued"
