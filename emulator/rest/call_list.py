"""The list of calls: its filters, and its pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

from emulator.calls import TERMINAL, Call
from emulator.rest import Answer, Ask, operation, representation
from emulator.rest.errors import Refusal
from emulator.rest.paging import page

_EXACT = {"To": "to", "From": "from_", "ParentCallSid": "parent_sid"}
_TIMES = ("StartTime", "EndTime")


@operation("GET", "/Calls.json")
def list_calls(ask: Ask) -> Answer:
    """Return calls, newest first (https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources)."""
    _check(ask)
    calls = [call for call in reversed(list(ask.world.calls)) if _fits(ask, call)]
    show = partial(representation.call, ask.world)
    return Answer(200, page(ask, "calls", calls, show, lambda call: call.sid))


def _check(ask: Ask) -> None:
    for name in _TIMES:
        for sign in ("", "<", ">"):
            if ask.get(name + sign) and _span(ask.get(name + sign)) is None:
                raise Refusal(20001, f"{name}{sign}={ask.get(name + sign)}")


def _fits(ask: Ask, call: Call) -> bool:
    for name, attribute in _EXACT.items():
        if ask.get(name) and getattr(call, attribute) != ask.get(name):
            return False
    status = representation.shown_status(ask.world, call)
    if ask.get("Status") and status != ask.get("Status"):
        return False
    started = None if status == "queued" else call.started
    ended = call.ended if status in TERMINAL else None
    return _in_time(ask, "StartTime", started) and _in_time(ask, "EndTime", ended)


def _in_time(ask: Ask, name: str, at: float | None) -> bool:
    """Apply ``Name`` (that day), ``Name>`` (then or later) and ``Name<`` (before)."""
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
