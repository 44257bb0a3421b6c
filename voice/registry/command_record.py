"""The record of a command: what an operator requested, Twilio's answer, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from voice.json_record import Internal, JsonRecord, UtcTime
from voice.registry.schema.commands import commands

WITHOUT_WEBHOOK = ("none", "log")  # the proofs of commands whose effect no webhook shows
CommandState = Literal["requested", "accepted", "confirmed", "refused", "unconfirmed"]


@dataclass(frozen=True)
class CommandRecord(JsonRecord):
    """One command. Times are UTC. `call_sid` is None for a command that concerns no call, or not yet."""

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
