"""What recorded events change: the rows of their calls, and the states of commands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from voice.calls import ENDED, UNKNOWN_TO_TWILIO, CallFacts
from voice.events import NewEvent
from voice.registry.command_states import (
    Arrival,
    StateChange,
    change_state,
    confirm_arrival,
    finish_announcement,
    finish_with_call,
    known_arrivals,
)
from voice.registry.engine.upsert import call_row, upsert_calls

Report = tuple[NewEvent, CallFacts | None]


def apply_reports(connection: Connection, reports: Sequence[Report]) -> None:
    """Apply each event to its call, and to the commands that it confirms or ends."""
    _apply_to_calls(connection, [(event, facts) for event, facts in reports if facts is not None])
    for event, facts in reports:
        if facts is None:
            _apply_to_command(connection, event)


def _apply_to_calls(connection: Connection, reports: Sequence[tuple[NewEvent, CallFacts]]) -> None:
    if not reports:
        return
    arrived = {(event.command_id, facts.call_sid) for event, facts in reports if event.command_id}
    known = known_arrivals(connection, arrived)
    rows = [call_row(facts, event.at, _epoch(event, facts, known)) for event, facts in reports]
    upsert_calls(connection, rows)
    for command_id, call_sid in sorted(known):
        confirm_arrival(connection, command_id, call_sid)
    for event, facts in reports:
        if facts.status in ENDED:
            reason = UNKNOWN_TO_TWILIO if event.kind == "sweep.unknown" else None
            finish_with_call(connection, facts.call_sid, facts.status, reason)


def _apply_to_command(connection: Connection, event: NewEvent) -> None:
    """Apply a report about an announcement or a failed fork. It says nothing about a call."""
    failure = event.details.get("failed")
    if event.kind == "webhook.conference" and event.command_id:
        finish_announcement(connection, event.command_id, failure)
    elif event.kind == "webhook.fork" and event.command_id and failure:
        failed = StateChange("unconfirmed", f"Twilio reported: {failure}")
        change_state(connection, event.command_id, failed)


def _epoch(event: NewEvent, facts: CallFacts, known: set[Arrival]) -> int:
    """The id of the command that moved the call. A fork runs beside the call and moves it nowhere."""
    if event.kind == "webhook.fork":
        return 0
    arrival = (event.command_id or 0, facts.call_sid)
    return arrival[0] if arrival in known else 0
