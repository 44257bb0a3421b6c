"""A command as it is kept: what an operator asked of a call, Twilio's answer, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from voice.events import iso
from voice.registry.schema.commands import commands


@dataclass(frozen=True)
class CommandRecord:
    """One command: what an operator asked of a call, Twilio's answer, and the outcome. Times are UTC."""

    id: int
    call_sid: str | None
    command: str
    arguments: dict[str, Any]
    operator: str
    state: str
    twilio_code: int | None
    message: str | None
    requested_at: datetime
    finished_at: datetime | None
    error_code: str | None = None
    fingerprint: str | None = None
    proof: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The command as the admin API shows it."""
        shown = {name: getattr(self, name) for name in _SHOWN}
        return {**shown, "requested_at": iso(self.requested_at), "finished_at": iso(self.finished_at)}


_SHOWN = ("id", "call_sid", "command", "arguments", "operator", "state", "twilio_code", "message")
COMMAND_FIELDS = [commands.c[name] for name in CommandRecord.__dataclass_fields__]


def command_record(row: Row[Any]) -> CommandRecord:
    """The record of a row of COMMAND_FIELDS."""
    return CommandRecord(**row._mapping)
