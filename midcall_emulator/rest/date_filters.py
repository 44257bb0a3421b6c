"""Filters by date: ``Name`` is that day, ``Name>`` then or later, ``Name<`` before
(https://www.twilio.com/docs/voice/api/call-resource#filter-by-date)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from midcall_emulator.rest import Ask
from midcall_emulator.rest.errors import Refusal


def check(ask: Ask, *names: str) -> None:
    """Refuse (20001) what is no date."""
    for name in names:
        for sign in ("", "<", ">"):
            if ask.get(name + sign) and _span(ask.get(name + sign)) is None:
                raise Refusal(20001, f"{name}{sign}={ask.get(name + sign)}")


def fits(ask: Ask, name: str, at: float | None) -> bool:
    """Say whether a virtual moment fits what is asked; None fits nothing but no filter at all."""
    asked = {sign: _span(ask.get(name + sign)) for sign in ("", "<", ">") if ask.get(name + sign)}
    if not asked:
        return True
    if at is None:
        return False
    when = ask.world.clock.date(at).replace(microsecond=0)
    tests = {
        "": lambda span: span[0] <= when < span[1],
        ">": lambda span: when >= span[0],
        "<": lambda span: when < span[0],
    }
    return all(span is not None and tests[sign](span) for sign, span in asked.items())


def _span(text: str) -> tuple[datetime, datetime] | None:
    """Return a day, or a second, as the span from its start to its end."""
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
