"""What recorded events change: the rows of their calls, and the states of commands."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import Connection

from voice.calls import ENDED, UNKNOWN_TO_TWILIO, CallFacts
from voice.events import NewEvent
from voice.registry.command_legs import joined_before_answer
from voice.registry.command_states import (
    Arrival,
    StateChange,
    change_state,
    confirm_arrival,
    finish_announcement,
    finish_with_call,
    known_arrivals,
    lock_commands,
    report_error,
    unfinished_with_calls,
)
from voice.registry.engine.upsert import call_row, upsert_calls

# Other webhooks follow an answer, too, but the answer of a dialed participant comes first in one of these.
REPORTS_OF_ANSWERS = ("webhook.status", "twilio.answer", "sweep.corrected")
STOPPED = "An emergency stop is active: the caller heard its message, and no phone rang."
Report = tuple[NewEvent, CallFacts | None]
AboutCall = tuple[NewEvent, CallFacts]


def apply_reports(connection: Connection, reports: Sequence[Report]) -> None:
    """Apply each event to its call, and to the commands that it confirms or ends.

    Several hosts do this at once. Rows are locked in one order, calls before commands, so that no two transactions
    wait for each other; a command is locked before its legs are counted.
    """
    about_calls = [(event, facts) for event, facts in reports if facts is not None]
    known = _arrivals(connection, about_calls)
    _upsert_calls(connection, about_calls, known)
    _apply_to_commands(connection, reports, known)


def _arrivals(connection: Connection, reports: Sequence[AboutCall]) -> set[Arrival]:
    return known_arrivals(
        connection, {(event.command_id, facts.call_sid) for event, facts in reports if event.command_id}
    )


def _upsert_calls(connection: Connection, reports: Sequence[AboutCall], known: set[Arrival]) -> None:
    rows = [call_row(facts, event.at, _epoch(event, facts, known)) for event, facts in reports]
    if rows:
        upsert_calls(connection, sorted(rows, key=itemgetter("call_sid")))


def _apply_to_commands(connection: Connection, reports: Sequence[Report], known: set[Arrival]) -> None:
    known = known | _answers_after_joins(connection, reports)
    ended = [(event, facts) for event, facts in reports if facts is not None and facts.status in ENDED]
    unfinished = unfinished_with_calls(connection, {facts.call_sid for _, facts in ended})
    caused = {event.command_id for event, facts in reports if facts is None and event.command_id}
    lock_commands(connection, {command_id for command_id, _ in known} | caused | set(unfinished))
    replaced = {event.command_id for event, _ in reports if event.details.get("instead_of")}
    for command_id, call_sid in sorted(known):
        if command_id in replaced:
            change_state(connection, command_id, StateChange("unconfirmed", STOPPED))
        else:
            confirm_arrival(connection, command_id, call_sid)
    if unfinished:
        for event, facts in ended:
            reason = UNKNOWN_TO_TWILIO if event.kind == "sweep.unknown" else None
            finish_with_call(connection, facts.call_sid, facts.status or "", reason)
    for event in [event for event, facts in reports if facts is None]:
        _apply_to_command(connection, event)


def _answers_after_joins(connection: Connection, reports: Sequence[Report]) -> set[Arrival]:
    """The arrivals of participants who joined their conference before the report of their answer."""
    answered = {
        facts.call_sid
        for event, facts in reports
        if facts is not None and facts.status == "in-progress" and event.kind in REPORTS_OF_ANSWERS
    }
    return joined_before_answer(connection, answered) if answered else set()


def _apply_to_command(connection: Connection, event: NewEvent) -> None:
    """Apply a report about an announcement, a failed fork or an error. It says nothing about a call."""
    failure = event.details.get("failed")
    if event.kind == "webhook.conference" and event.command_id:
        finish_announcement(connection, event.command_id, failure)
    elif event.kind == "webhook.fork" and event.command_id and failure:
        failed = StateChange("unconfirmed", f"Twilio reported: {failure}")
        change_state(connection, event.command_id, failed)
    elif event.kind == "webhook.debugger" and event.command_id and failure:
        report_error(connection, event.command_id, failure, event.details.get("twilio_code"))


def _epoch(event: NewEvent, facts: CallFacts, known: set[Arrival]) -> int:
    """The id of the command that moved the call. A fork runs beside the call and moves it nowhere."""
    if event.kind == "webhook.fork":
        return 0
    arrival = (event.command_id or 0, facts.call_sid)
    return arrival[0] if arrival in known else 0
