"""The figures of a time span: live calls, outcomes of commands, and response times of webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select
from typing_extensions import TypedDict

from voice.events import now
from voice.json_record import iso
from voice.registry.engine.database import Database
from voice.registry.schema.calls import calls
from voice.registry.schema.commands import commands
from voice.registry.schema.figures import webhook_minutes
from voice.registry.time_span import STEPS, Span

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
        count = self._database.read(lambda c: c.execute(before).scalar_one())
        changes = [0] * STEPS
        for column, change in ((calls.c.started_at, 1), (calls.c.ended_at, -1)):
            within = select(column).where(column >= span.since, column < span.until)
            for moment in self._database.fetch_column(within):
                changes[span.step_of(moment)] += change
        points: list[LivePoint] = []
        for moment, change in zip(span.step_ends(), changes, strict=True):
            count += change
            points.append(LivePoint(at=iso(moment), live=count))
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
        steps: dict[int, dict[int, int]] = {}
        query = select(webhook_minutes).where(
            webhook_minutes.c.minute >= span.since, webhook_minutes.c.minute < span.until
        )
        for row in self._database.fetch_rows(query):
            counts = steps.setdefault(span.step_of(row.minute), {})
            counts[row.up_to_ms] = counts.get(row.up_to_ms, 0) + row._mapping["count"]
        ends = span.step_ends()
        return [_times(iso(ends[step]), counts) for step, counts in sorted(steps.items())]

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
