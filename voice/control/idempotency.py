"""Requests that repeat an idempotency key: they receive the outcome of the first request, and nothing runs again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from voice import errors
from voice.control.abandoned import settle_if_abandoned
from voice.control.retries import was_not_executed
from voice.errors import KeyReused, MidcallError, TwilioFailed
from voice.registry import CommandRecord
from voice.services import Services

POLL_SECONDS = 0.02
POLLS = 50  # before the next look whether the process is dead


def fingerprint_of(name: str, call_sid: str | None, arguments: Mapping[str, Any]) -> str:
    """A digest of the request: two requests with one key must have the same."""
    request = json.dumps([name, call_sid, dict(arguments)], sort_keys=True, default=str)
    return hashlib.sha256(request.encode()).hexdigest()


def wait_for_first(services: Services, record: CommandRecord, fingerprint: str) -> CommandRecord:
    """The command of the first request, once Twilio has answered it. Raises KeyReused, or the error of the command.

    If the process that runs it is presumed dead, the command is settled.
    """
    if record.fingerprint != fingerprint:
        raise KeyReused("This Idempotency-Key belongs to another request. Send a new key.")
    while record.state == "requested":
        record = settle_if_abandoned(services, record)
        for _ in range(POLLS):
            if record.state == "requested":
                time.sleep(POLL_SECONDS)
                record = services.registry.commands.get(record.id) or record
    if record.error_code:
        raise _error_of(record)
    return record


def _error_of(record: CommandRecord) -> MidcallError:
    """The error with which the first request ended."""
    kinds = {
        kind.code: kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, MidcallError) and "code" in vars(kind)
    }
    error = kinds[record.error_code or "error"](record.message or "", twilio_code=record.twilio_code)
    error.command = record
    if isinstance(error, TwilioFailed):
        error.executed = False if was_not_executed(record) else None
    return error
