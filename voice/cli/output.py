"""Calls, commands and plans, each as one line of output."""

from __future__ import annotations

import json

from voice.calls import Call
from voice.events import now
from voice.json_record import iso
from voice.registry import CommandRecord, Plan


def format_call(call: Call) -> str:
    """A call: CallSid, status, duration, numbers, scene."""
    parts = (
        call.call_sid,
        f"{call.status:<11}",
        f"{_duration_seconds(call):>5}s",
        f"{call.from_ or '?'} -> {call.to or '?'}",
        call.scene or "-",
    )
    return "  ".join(parts)


def format_command(record: CommandRecord) -> str:
    """A command: id, name, CallSid, state, message."""
    return (
        f"#{record.id} {record.command} {record.call_sid or ''} {record.state}{after_colon(record.message)}"
    )


def format_plan(plan: Plan) -> str:
    """A plan: id, due time, command, state, message."""
    command = f"{plan.command} {plan.call_sid or ''} {json.dumps(plan.arguments, ensure_ascii=False)}"
    return f"plan {plan.id}  {iso(plan.due_at)}  {command}  {plan.state}{after_colon(plan.message)}"


def after_colon(message: str | None) -> str:
    """The message behind a colon; empty without a message."""
    return f": {message}" if message else ""


def _duration_seconds(call: Call) -> int:
    """The duration that Twilio reported. Before it is reported: the time since the call came in."""
    if call.duration_seconds is not None:
        return call.duration_seconds
    until = call.ended_at or now()
    return int((until - call.started_at).total_seconds())
