"""The search for calls by a text: what it finds, in which order, and by which indexes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from tests.support.recorded_calls import START, listed_sids
from voice.calls import TERMINAL_RANK
from voice.registry import CallQuery, Registry, call_search
from voice.registry.schema.calls import calls

OURS = "+12125550100"
NUMBERS = {
    "one": "+14155550188", "two": "+442079460188", "client": "client:ada-lovelace", "sip": "sip:ada@pbx.example",
    "capital": "client:Ada", "short": "188", "formula": "=HYPERLINK", "anonymous": "anonymous", "like": "100%_sure",
}  # fmt: skip
OTHERS = 3_000


def row(call_sid: str, from_number: str, started: int, **more: Any) -> dict[str, Any]:
    """A call as the database holds it."""
    at = START + timedelta(seconds=started)
    ended = {"status": "completed", "status_rank": TERMINAL_RANK, "ended_at": at}
    times = {"started_at": at, "heard_at": at}
    return {"call_sid": call_sid, "from_number": from_number, "to_number": OURS, **times, **ended, **more}


def call_sid_of(name: str) -> str:
    """The CallSid of the call from this number of NUMBERS."""
    return f"CA{list(NUMBERS).index(name) + 0xA0:032x}"


def add(registry: Registry, rows: list[dict[str, Any]]) -> None:
    """Insert the calls."""
    registry.database.write(lambda connection: connection.execute(insert(calls), rows))


FOUND = {
    "+1415": {"one"},
    "1415555": {"one"},
    "0188": {"one", "two"},
    "188": {"one", "two", "short"},
    "155550188": {"one"},
    "14155550188": {"one"},
    "(415) 555-0188": {"one"},
    "+44 20 7946": {"two"},
    "2079460188": {"two"},
    "ada": {"client", "sip"},
    "Ada": {"capital"},
    "client:": {"client", "capital"},
    "lovelace": {"client"},
    "ent:ada-lovelace": {"client"},
    "xx:ada-lovelace": set(),
    "=HYPER": {"formula"},
    "anonymous": {"anonymous"},
    "100%": {"like"},
    "_sure": {"like"},
    "%sure": set(),
    "555018": set(),
    "5550100": set(NUMBERS),
    "ca": set(NUMBERS),
    "CA" + "0" * 30: set(NUMBERS),
    call_sid_of("two"): {"two"},
    call_sid_of("two").upper(): {"two"},
    "CAf": set(),
}


@pytest.fixture
def named(registry: Registry) -> Callable[..., set[str]]:
    """Record a call from each of NUMBERS; a function that searches them and returns the names that it finds."""
    names = {call_sid_of(name): name for name in NUMBERS}
    add(registry, [row(sid, NUMBERS[name], number) for number, (sid, name) in enumerate(names.items())])
    return lambda wanted, **more: {names[sid] for sid in listed_sids(registry, q=wanted, **more)}


@pytest.fixture(params=["by index", "in the list"])
def way(request, monkeypatch) -> None:
    """Both ways to find calls: by their indexes, or in the list because very many match."""
    if request.param == "in the list":
        monkeypatch.setattr(call_search, "MOST_FOUND", 0)


@pytest.mark.usefixtures("way")
def test_a_text_is_the_beginning_of_a_number_name_or_sid_or_the_end_of_a_number(named):
    assert {wanted: named(wanted) for wanted in FOUND} == FOUND


@pytest.mark.usefixtures("way")
def test_a_search_has_pages_newest_first_and_obeys_the_other_filters(registry):
    rows = [row(f"CA{number:032x}", f"+1415555{number:04}", number // 2) for number in range(9)]
    add(registry, [*rows[:8], row("CA" + "e" * 32, "+14155559999", 2, status="busy")])
    newest_first = [f"CA{number:032x}" for number in (7, 6, 5, 4, 3, 2, 1, 0)]
    busy = ["CA" + "e" * 32]
    assert listed_sids(registry, q="1415", limit=3) == [*newest_first[:2], *busy, *newest_first[2:]]
    assert listed_sids(registry, q="1415", status=("busy",)) == busy
    since, until = START + timedelta(seconds=1), START + timedelta(seconds=2)
    assert listed_sids(registry, q="1415", since=since, until=until) == newest_first[4:6]


@pytest.fixture
def plan(registry: Registry) -> Callable[[CallQuery], str]:
    """Record many calls; a function that runs a query and returns the plans of all statements that it has sent."""
    many = [
        row(f"CA{number:032x}", f"+4930{number * 7919 % 10**7:07}", number, to_number=f"+1212{number:07}")
        for number in range(OTHERS)
    ]
    add(registry, [*many, row("CA" + "d" * 32, "+14155550199", 0, status="in-progress", status_rank=3)])
    database = registry.database
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE calls"))
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "

    def plan(query: CallQuery) -> str:
        sent: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
            sent.append((statement, values))

        event.listen(database.engine, "before_cursor_execute", note)
        registry.calls.find(query)
        event.remove(database.engine, "before_cursor_execute", note)
        assert sent
        plans = [
            database.read(
                lambda connection, one=one: connection.exec_driver_sql(explain + one[0], one[1]).all()
            )
            for one in sent
        ]
        return "\n".join(str(line[-1]) for found in plans for line in found)

    return plan


def reads_all_calls(plan: str) -> bool:
    """True if a statement reads the whole table, or a whole index of it."""
    return "Seq Scan on calls" in plan or "SCAN calls" in plan


def test_a_search_by_number_or_name_uses_the_indexes(plan, registry):
    primary_key = "sqlite_autoindex_calls_1" if registry.database.is_sqlite else "calls_pkey"
    for wanted in ("+49300007", "0007919", "1999", "ada", "CA" + "0" * 29 + "12"):
        found = plan(CallQuery(q=wanted))
        assert not reads_all_calls(found), found
        used = set(found.replace("(", " ").split())
        assert {"calls_by_from", "calls_by_to"} <= used, found
        assert wanted.startswith("+") or {"calls_by_from_end", "calls_by_to_end"} <= used, found
        assert not wanted.startswith("CA") or primary_key in used, found


def test_a_search_of_live_calls_reads_live_calls_only(plan):
    found = plan(CallQuery(q="0199", status=("live",)))
    assert "calls_live" in found, found
    assert not reads_all_calls(found.replace("SCAN calls USING INDEX calls_live", "")), found


def test_a_whole_number_is_found_by_the_same_index(plan):
    for index, given in (
        ("calls_by_from", {"from_": "+49300007919"}),
        ("calls_by_to", {"to": "+12120000001"}),
    ):
        found = plan(CallQuery(**given))
        assert not reads_all_calls(found), found
        assert index in found, found


def test_a_search_that_matches_most_calls_reads_the_newest_ones(registry, plan):
    found = plan(CallQuery(q="+4930", limit=20))
    assert "calls_by_start" in found, found
    assert [sid[-3:] for sid in listed_sids(registry, q="+4930", limit=200)[:2]] == ["bb7", "bb6"]
