"""A command as it is kept: what an operator asked of a call, Twilio's answer, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row

from voice.json_record import Internal, JsonRecord, UtcTime
from voice.registry.schema.commands import commands

CommandState = Literal["requested", "accepted", "confirmed", "refused", "unconfirmed"]


@dataclass(frozen=True)
class CommandRecord(JsonRecord):
    """One command: what an operator asked of a call, Twilio's answer, and the outcome. Times are UTC."""

    id: int
    call_sid: str | None
    command: str
    arguments: dict[str, Any]
    operator: str
    state: CommandState
    twilio_code: int | None
    message: str | None
    requested_at: UtcTime
    finished_at: UtcTime | None
    error_code: Internal[str | None] = None
    fingerprint: Internal[str | None] = None
    proof: Internal[str | None] = None


COMMAND_FIELDS = [commands.c[name] for name in CommandRecord.__dataclass_fields__]


def command_record(row: Row[Any]) -> CommandRecord:
    """The record of a row of COMMAND_FIELDS."""
    return CommandRecord(**row._mapping)
