"""Outcomes of commands that could not be recorded: they wait in the spool as events.

Twilio has executed such a command, so its outcome must not get lost. The spool keeps it in the order of the webhooks.
"""

from __future__ import annotations

from dataclasses import asdict, replace

from voice.event_kinds import COMMAND_EVENTS
from voice.events import NewEvent
from voice.registry.command_record import CommandRecord
from voice.registry.command_states import StateChange

_KINDS = frozenset(COMMAND_EVENTS.values())
EXECUTED = "Executed, not yet recorded: the database cannot be used now. Midcall records the command later."
NOT_RECORDED = "Not yet recorded: the database cannot be used now."


def outcome_event(record: CommandRecord, change: StateChange) -> NewEvent:
    """The event that the spool keeps for this change of a command."""
    return NewEvent(
        COMMAND_EVENTS[change.state], change.source, record.call_sid, asdict(change), command_id=record.id
    )


def change_in(event: NewEvent) -> StateChange | None:
    """The change of a command that the spool kept; None for every other event."""
    return StateChange(**event.details) if event.kind in _KINDS else None


def unrecorded(record: CommandRecord, change: StateChange) -> CommandRecord:
    """The command as it will be once the change is recorded."""
    executed = change.state in ("accepted", "confirmed")
    parts = (change.message, EXECUTED if executed else NOT_RECORDED)
    return replace(
        record,
        state=change.state,
        message=" ".join(part for part in parts if part),
        twilio_code=change.twilio_code,
        call_sid=change.call_sid or record.call_sid,
    )
