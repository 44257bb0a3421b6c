"""Date filters: ``Name`` is a day or second, ``Name>`` that moment or later, ``Name<`` before it
(https://www.twilio.com/docs/voice/api/call-resource#filter-by-date)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request

Span = tuple[datetime, datetime]
_COMPARISONS: dict[str, Callable[[datetime, Span], bool]] = {
    "": lambda when, span: span[0] <= when < span[1],
    ">": lambda when, span: when >= span[0],
    "<": lambda when, span: when < span[0],
}


def check(request: Request, *names: str) -> None:
    """Raise RestError 20001 if a filter is not a date."""
    for name in names:
        for sign in _COMPARISONS:
            text = request.get(name + sign)
            if text and _span(text) is None:
                raise RestError(20001, f"{name}{sign}={text}")


def matches(request: Request, name: str, at: float | None) -> bool:
    """Return whether a virtual time matches all filters of this name. None matches only if there are no filters."""
    filters = {sign: _span(request.get(name + sign)) for sign in _COMPARISONS if request.get(name + sign)}
    if not filters:
        return True
    if at is None:
        return False
    when = request.world.clock.date(at).replace(microsecond=0)
    return all(span is not None and _COMPARISONS[sign](when, span) for sign, span in filters.items())


def _span(text: str) -> Span | None:
    """Return the start and the end of a day or a second; None if the text is not a date."""
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            start = datetime(day.year, day.month, day.day, tzinfo=UTC)
            return start, start + timedelta(days=1)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment, moment + timedelta(seconds=1)
