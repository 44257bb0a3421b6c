"""Calls as plain data: CallSids, the ranks of statuses, and the JSON form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.calls import ENDED, LIVE, NOT_ANSWERED, RANKS, TERMINAL_RANK, Call, is_call_sid
from voice.json_record import iso

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def call_with(status: str) -> Call:
    """A call with this status."""
    return Call(
        "CA" + "0" * 32, None, "inbound", "+1", "+2", status, "menu", "https://x", MOMENT, MOMENT, None, 5
    )


def test_each_status_of_twilio_has_a_rank():
    statuses = {
        "queued",
        "initiated",
        "ringing",
        "in-progress",
        "completed",
        "busy",
        "failed",
        "no-answer",
        "canceled",
    }
    assert set(RANKS) == statuses
    assert (set(LIVE) | set(ENDED), set(LIVE) & set(ENDED)) == (statuses, set())
    assert set(NOT_ANSWERED) < set(LIVE)
    assert {RANKS[status] for status in ENDED} == {TERMINAL_RANK}
    assert RANKS["queued"] < RANKS["initiated"] < RANKS["ringing"] < RANKS["in-progress"] < TERMINAL_RANK


@pytest.mark.parametrize("sid", ["CA" + "0" * 32, "CA" + "aF9" * 10 + "00"])
def test_ca_and_32_hexadecimal_digits_are_a_call_sid(sid):
    assert is_call_sid(sid)


@pytest.mark.parametrize(
    "text", ["", "CA", "CA" + "0" * 31, "CA" + "0" * 33, "ca" + "0" * 32, "CA" + "0" * 31 + "g", "CA" + "0" * 32 + "\n",
             "CA" + "\u0660" * 32, " CA" + "0" * 32]
)  # fmt: skip
def test_other_text_is_not_a_call_sid(text):
    assert not is_call_sid(text)


@given(st.text(max_size=40))
def test_every_call_sid_is_ascii_and_has_34_characters(text):
    if is_call_sid(text):
        assert (len(text), text.isascii(), text[:2]) == (34, True, "CA")


@pytest.mark.parametrize("status", RANKS)
def test_the_json_of_a_call_has_all_fields_in_order(status):
    shown = call_with(status).as_json()
    assert list(shown)[:12] == [
        "call_sid", "parent_call_sid", "direction", "from", "to", "status", "scene", "started_at", "answered_at",
        "ended_at", "duration_seconds", "live",
    ]  # fmt: skip
    assert set(list(shown)[12:]) == {"place_since", "room"}
    assert shown["live"] is (status in LIVE)
    assert (shown["started_at"], shown["ended_at"]) == ("2026-03-01T09:30:00.000Z", None)


def test_times_in_json_are_in_utc():
    assert iso(MOMENT.astimezone(timezone(timedelta(hours=14)))) == "2026-03-01T09:30:00.000Z"


@pytest.mark.parametrize(
    ("direction", "parent", "number"),
    [
        ("inbound", None, "+1"),
        (None, None, "+1"),
        ("outbound-api", None, "+2"),
        ("outbound-dial", "CA" + "1" * 32, "+2"),
        (None, "CA" + "1" * 32, "+2"),
    ],
)
def test_the_party_is_the_caller_or_else_the_called_number(direction, parent, number):
    call = replace(call_with("in-progress"), direction=direction, parent_call_sid=parent)
    assert call.party_number == number
