"""The calls that a rule applies to, as a SELECT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from voice.calls import TERMINAL_RANK
from voice.registry.engine.clock import database_time
from voice.registry.schema.calls import calls
from voice.registry.schema.columns import UtcDateTime

_IS_INBOUND = calls.c.direction == "inbound"


@dataclass(frozen=True)
class CallMatch:
    """Conditions on live calls; all of them apply. A number that ends in `*` is a prefix."""

    from_: str | None = None
    to: str | None = None
    direction: str | None = None
    scenes: tuple[str, ...] = ()
    lasted_seconds: float | None = None
    waited_seconds: float | None = None


def matching_calls(match: CallMatch) -> Select[Any]:
    """A SELECT of the CallSids of live, answered calls. An inbound call is answered once it has a scene."""
    is_answered = or_(calls.c.status == "in-progress", _IS_INBOUND & calls.c.scene.is_not(None))
    return select(calls.c.call_sid).where(
        calls.c.status_rank < TERMINAL_RANK, is_answered, *_conditions(match)
    )


def _conditions(match: CallMatch) -> list[ColumnElement[bool]]:
    numbers = ((calls.c.from_number, match.from_), (calls.c.to_number, match.to))
    conditions = [_number_is(column, wanted) for column, wanted in numbers if wanted is not None]
    if match.direction:
        conditions.append(calls.c.direction.startswith(match.direction))
    if match.scenes:
        conditions.append(calls.c.scene.in_(match.scenes))
    if match.lasted_seconds is not None:
        conditions.append(_answered_at() <= database_time(-match.lasted_seconds))
    if match.waited_seconds is not None:
        conditions.append(calls.c.place_since <= database_time(-match.waited_seconds))
    return conditions


def _answered_at() -> ColumnElement[Any]:
    """The time of the answer. Twilio answers an inbound call at once, but reports it with the next scene only."""
    reported = func.coalesce(calls.c.answered_at, calls.c.started_at, type_=UtcDateTime)
    return case((_IS_INBOUND, calls.c.started_at), else_=reported)


def _number_is(column: Any, wanted: str) -> ColumnElement[bool]:
    prefix = wanted.removesuffix("*")
    condition: ColumnElement[bool] = column == wanted
    if prefix != wanted:
        condition = column.startswith(prefix, autoescape=True)
    return condition
