"""Figures of the last hours: live calls over time, commands and their outcomes, how quickly webhooks were answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from typing_extensions import TypedDict

from voice.events import now
from voice.json_record import iso
from voice.registry.engine.database import Database
from voice.registry.schema.calls import calls
from voice.registry.schema.commands import commands
from voice.registry.schema.figures import webhook_minutes

KEPT = timedelta(days=8)
POINTS = 120  # of a curve


@dataclass(frozen=True)
class Span:
    """A stretch of time, cut into equal steps."""

    since: datetime
    until: datetime

    @property
    def step(self) -> timedelta:
        return (self.until - self.since) / POINTS

    def moments(self) -> list[datetime]:
        """The end of each step."""
        return [self.since + self.step * place for place in range(1, POINTS + 1)]

    def place(self, moment: datetime) -> int:
        """The step in which a moment of the span lies."""
        return min(int((moment - self.since) / self.step), POINTS - 1)


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
    """The webhooks until a moment: how many, and within how many milliseconds 50 % and 99 % were answered."""

    at: str
    count: int
    p50_ms: int
    p99_ms: int


class FigureStore:
    """What the page of figures draws; all of it from what the registry holds anyway, but the webhooks' times."""

    def __init__(self, database: Database):
        self._database = database

    def live_calls(self, span: Span) -> list[LivePoint]:
        """How many calls were live at the end of each step."""
        before = select(func.count()).where(
            calls.c.started_at < span.since, calls.c.ended_at.is_(None) | (calls.c.ended_at >= span.since)
        )
        count = self._database.read(lambda c: c.execute(before).scalar_one())
        change = [0] * POINTS
        for column, by in ((calls.c.started_at, 1), (calls.c.ended_at, -1)):
            for moment in self._moments(column, span):
                change[span.place(moment)] += by
        points: list[LivePoint] = []
        for moment, by in zip(span.moments(), change, strict=True):
            count += by
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
        rows = self._database.read(lambda c: c.execute(query).all())
        return [CommandCount(command=row[0], state=row[1], count=row[2]) for row in rows]

    def webhook_times(self, span: Span) -> list[WebhookTimes]:
        """For each step with webhooks: how many, and the times in ms within which half and 99 % were answered."""
        steps: dict[int, dict[int, int]] = {}
        query = select(webhook_minutes).where(
            webhook_minutes.c.minute >= span.since, webhook_minutes.c.minute < span.until
        )
        for row in self._database.read(lambda c: c.execute(query).all()):
            step = steps.setdefault(span.place(row.minute), {})
            step[row.up_to_ms] = step.get(row.up_to_ms, 0) + row._mapping["count"]
        moments = span.moments()
        return [_times(iso(moments[place]), step) for place, step in sorted(steps.items())]

    def add_webhook_times(self, counted: Mapping[tuple[datetime, int], int]) -> None:
        """Add to the counts by minute and upper bound in ms; what is older than 8 days goes."""
        rows = [
            {"minute": minute, "up_to_ms": up_to, "count": count}
            for (minute, up_to), count in counted.items()
        ]
        insert = (sqlite if self._database.is_sqlite else postgresql).insert(webhook_minutes)
        added = insert.on_conflict_do_update(
            index_elements=["minute", "up_to_ms"],
            set_={"count": webhook_minutes.c.count + insert.excluded["count"]},
        )
        old = delete(webhook_minutes).where(webhook_minutes.c.minute < now() - KEPT)
        self._database.write(lambda c: (c.execute(added, rows), c.execute(old)))

    def _moments(self, column: Any, span: Span) -> list[datetime]:
        query = select(column).where(column >= span.since, column < span.until)
        return list(self._database.read(lambda c: c.execute(query).scalars().all()))


def _times(at: str, counts: Mapping[int, int]) -> WebhookTimes:
    return WebhookTimes(
        at=at, count=sum(counts.values()), p50_ms=_within(counts, 0.5), p99_ms=_within(counts, 0.99)
    )


def _within(counts: Mapping[int, int], share: float) -> int:
    """The lowest upper bound that holds for this share of the webhooks."""
    seen, wanted = 0, sum(counts.values()) * share
    for up_to, count in sorted(counts.items()):
        seen += count
        if seen >= wanted:
            return up_to
    raise ValueError("no webhook was counted")
