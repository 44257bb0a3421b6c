"""The figures of a time span: live calls, outcomes of commands, and response times of webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select
from typing_extensions import TypedDict

from voice.events import now
from voice.json_record import iso
from voice.registry.engine.database import Database
from voice.registry.schema.calls import calls
from voice.registry.schema.commands import commands
from voice.registry.schema.figures import webhook_minutes
from voice.registry.time_span import Span

KEPT = timedelta(days=8)


class LivePoint(TypedDict):
    """The number of live calls at a moment."""

    at: str
    live: int


class CommandCount(TypedDict):
    """How often a command ended in a state."""

    command: str
    state: str
    count: int


class WebhookTimes(TypedDict):
    """The webhooks of a step: how many, and the response time in milliseconds, median and p99."""

    at: str
    count: int
    p50_ms: int
    p99_ms: int


class FigureStore:
    """The figures. Response times of webhooks are counted here; the others come from calls and commands."""

    def __init__(self, database: Database):
        self._database = database

    def live_calls(self, span: Span) -> list[LivePoint]:
        """The number of live calls at the end of each step."""
        before = select(func.count()).where(
            calls.c.started_at < span.since, calls.c.ended_at.is_(None) | (calls.c.ended_at >= span.since)
        )
        count = self._count(before)
        points: list[LivePoint] = []
        for since, until in span.steps():
            started, ended = (
                self._count(select(func.count()).where(column >= since, column < until))
                for column in (calls.c.started_at, calls.c.ended_at)
            )
            count += started - ended
            points.append(LivePoint(at=iso(until), live=count))
        return points

    def command_outcomes(self, span: Span) -> list[CommandCount]:
        """How often each command ended in each state."""
        query = (
            select(commands.c.command, commands.c.state, func.count().label("count"))
            .where(commands.c.requested_at >= span.since, commands.c.requested_at < span.until)
            .group_by(commands.c.command, commands.c.state)
            .order_by(commands.c.command, commands.c.state)
        )
        return self._database.fetch_all(CommandCount, query)

    def webhook_times(self, span: Span) -> list[WebhookTimes]:
        """The response times of each step that has webhooks."""
        found = [(until, self._webhooks_between(since, until)) for since, until in span.steps()]
        return [_times(iso(until), counts) for until, counts in found if counts]

    def _count(self, query: Select[Any]) -> int:
        with self._database.read_turns.turn():
            found: int = self._database.read(lambda c: c.execute(query).scalar_one())
        return found

    def _webhooks_between(self, since: datetime, until: datetime) -> dict[int, int]:
        """The number of webhooks by upper bound in milliseconds."""
        kept = webhook_minutes.c
        query = (
            select(kept.up_to_ms, func.sum(kept["count"]))
            .where(kept.minute >= since, kept.minute < until)
            .group_by(kept.up_to_ms)
        )
        with self._database.read_turns.turn():
            return {up_to: int(count) for up_to, count in self._database.fetch_rows(query)}

    def add_webhook_times(self, counted: Mapping[tuple[datetime, int], int]) -> None:
        """Add counts by minute and upper bound in milliseconds. Counts older than 8 days are deleted."""
        rows = [
            {"minute": minute, "up_to_ms": up_to, "count": count}
            for (minute, up_to), count in counted.items()
        ]
        insert = self._database.insert_into(webhook_minutes)
        added = insert.on_conflict_do_update(
            index_elements=["minute", "up_to_ms"],
            set_={"count": webhook_minutes.c.count + insert.excluded["count"]},
        )
        old: Any = delete(webhook_minutes).where(webhook_minutes.c.minute < now() - KEPT)

        def work(connection: Connection) -> None:
            connection.execute(added, rows)
            connection.execute(old)

        self._database.write(work)


def _times(at: str, counts: Mapping[int, int]) -> WebhookTimes:
    return WebhookTimes(
        at=at,
        count=sum(counts.values()),
        p50_ms=_percentile(counts, 0.5),
        p99_ms=_percentile(counts, 0.99),
    )


def _percentile(counts: Mapping[int, int], share: float) -> int:
    """The lowest upper bound that covers this share of the webhooks."""
    seen, wanted = 0, sum(counts.values()) * share
    for up_to, count in sorted(counts.items()):
        seen += count
        if seen >= wanted:
            return up_to
    raise ValueError("There are no webhooks to take a percentile of.")
