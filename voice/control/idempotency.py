"""Requests that repeat an idempotency key: they receive the outcome of the first request, and nothing runs again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from voice import errors
from voice.errors import KeyReused, MidcallError
from voice.registry import CommandRecord
from voice.registry.command_states import LEASE_SECONDS
from voice.registry.commands import CommandStore

POLL_SECONDS = 0.02


def fingerprint_of(name: str, call_sid: str | None, arguments: Mapping[str, Any]) -> str:
    """A digest of the request: two requests with one key must have the same."""
    request = json.dumps([name, call_sid, dict(arguments)], sort_keys=True, default=str)
    return hashlib.sha256(request.encode()).hexdigest()


def wait_for_first(commands: CommandStore, record: CommandRecord, fingerprint: str) -> CommandRecord:
    """The command of the first request, once Twilio has answered it. Raises KeyReused, or the error of the command."""
    if record.fingerprint != fingerprint:
        raise KeyReused("This Idempotency-Key belongs to another request. Send a new key.")
    until = time.monotonic() + LEASE_SECONDS
    while record.state == "requested" and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
        record = commands.get(record.id) or record
    if record.error_code:
        raise _error_of(record)
    return record


def _error_of(record: CommandRecord) -> MidcallError:
    """The error with which the first request ended."""
    kinds = {
        kind.code: kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, MidcallError)
    }
    error = kinds[record.error_code or "error"](record.message or "", twilio_code=record.twilio_code)
    error.command = record
    return error
