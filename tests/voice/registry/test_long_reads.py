"""Long reads on SQLite: searches, exports and figures run in slices, and between two slices webhooks run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from tests.support.recorded_calls import START, listed_sids
from voice.calls import TERMINAL_RANK
from voice.registry import CallQuery, Registry
from voice.registry.call_slices import SLICE_CALLS, needs_slices
from voice.registry.schema.calls import calls
from voice.registry.time_span import STEPS, Span
from voice.web.console.pages.history import CSV_PAGE, _csv_lines

NUMBER_OF_CALLS = 3 * SLICE_CALLS + 7
TURNS = """
from gevent import monkey; monkey.patch_all()
import gevent, time
from voice.registry.engine.read_turns import ReadTurns
turns, webhooks, slices = ReadTurns(True), [], []
def export():
    for _ in range(50):
        with turns.turn():
            until = time.monotonic() + 0.001
            while time.monotonic() < until: pass
        slices.append(len(webhooks))
def webhook():
    while len(slices) < 200:
        webhooks.append(1)
        time.sleep(0)
gevent.joinall([gevent.spawn(webhook), *(gevent.spawn(export) for _ in range(4))])
print(min(later - earlier for earlier, later in zip(slices, slices[1:])))
"""


@pytest.fixture
def registry(sqlite_url) -> Iterator[Registry]:
    """A registry with calls for more than three slices; every hundredth is in the menu."""
    registry = Registry(sqlite_url)
    rows = [
        {
            "call_sid": f"CA{number:032x}", "from_number": f"+4930{number:06}", "to_number": "client:ada",
            "direction": "inbound", "status": "completed", "status_rank": TERMINAL_RANK, "epoch": 0,
            "scene": "menu" if number % 100 == 0 else "goodbye", "started_at": START + timedelta(seconds=number // 3),
            "ended_at": START + timedelta(seconds=number), "heard_at": START,
        }
        for number in range(NUMBER_OF_CALLS)
    ]  # fmt: skip
    registry.database.write(lambda connection: connection.execute(insert(calls), rows))
    yield registry
    registry.close()


@pytest.fixture
def statements(registry) -> list[str]:
    """The statements that the registry sends from now on."""
    sent: list[str] = []

    @event.listens_for(registry.database.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    return sent


def every(number: int) -> list[str]:
    """The CallSids of the fixture whose number can be divided, newest first."""
    return [f"CA{one:032x}" for one in range(0, NUMBER_OF_CALLS, number)][::-1]


@pytest.mark.parametrize("limit", [7, 200])
def test_pages_that_no_index_finds_are_complete_and_in_order(registry, limit):
    assert listed_sids(registry, scene="menu", limit=limit) == every(100)
    assert listed_sids(registry, q="+49300013", status=("ended",), limit=limit) == [
        f"CA{number:032x}" for number in range(NUMBER_OF_CALLS) if "+49300013" in f"+4930{number:06}"
    ][::-1]  # fmt: skip


def test_slices_stay_within_the_span_of_the_query(registry):
    since, until = START + timedelta(seconds=100), START + timedelta(seconds=400)
    found = listed_sids(registry, scene="menu", since=since, until=until)
    assert found == [sid for sid in every(100) if 300 <= int(sid[2:], 16) < 1200]


def test_a_filter_without_a_match_looks_at_so_many_calls_at_a_time(registry, statements):
    assert registry.calls.find(CallQuery(scene="transfer")) == ([], None)
    assert len(statements) == 2 * (NUMBER_OF_CALLS // SLICE_CALLS + 1)


@pytest.mark.parametrize(
    "given", [{}, {"from_": "+1"}, {"to": "+1"}, {"status": ("live",)}, {"since": START}]
)
def test_a_page_that_an_index_finds_is_one_statement(registry, statements, given):
    assert not needs_slices(CallQuery(**given))
    registry.calls.find(CallQuery(**given))
    assert len(statements) == 1


def test_an_export_has_small_pages(registry, statements):
    chunks = list(_csv_lines(registry, CallQuery(limit=CSV_PAGE)))
    assert sum(chunk.count("\n") for chunk in chunks) == NUMBER_OF_CALLS + 1
    assert max(chunk.count("\n") for chunk in chunks) <= CSV_PAGE <= 50
    assert len(statements) == NUMBER_OF_CALLS // CSV_PAGE + 1


def test_figures_count_one_step_at_a_time(registry, statements):
    span = Span(START, START + timedelta(seconds=NUMBER_OF_CALLS))
    live = registry.figures.live_calls(span)
    assert len(statements) == 1 + 2 * STEPS
    assert (len(live), live[-1]["live"]) == (STEPS, 0)
    ended = registry.database.fetch_rows(select(calls.c.ended_at))
    assert len(ended) == NUMBER_OF_CALLS
    assert max(point["live"] for point in live) > 0


def test_between_two_slices_of_a_process_other_greenlets_run():
    run = subprocess.run([sys.executable, "-c", TURNS], capture_output=True, text=True, check=True)
    assert int(run.stdout) > 0
