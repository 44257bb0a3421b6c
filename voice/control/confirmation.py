"""Confirmation of commands that no webhook confirms: the worker reads back what Twilio has recorded.

A command with the proof `none` is due after a moment, every other command that is still `accepted` after a minute.
Sources: https://www.twilio.com/docs/voice/api/call-notification-resource,
https://www.twilio.com/docs/voice/api/call-event-resource
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from voice.control.base import call_commands
from voice.control.live_update import look_up
from voice.errors import CallNotFound, MidcallError
from voice.events import now
from voice.registry import CommandRecord
from voice.registry.command_record import CommandState
from voice.services import Services

log = logging.getLogger(__name__)
READ_BACK_SECONDS = 4.0  # Twilio's notes appear a moment after the fact
OVERDUE_SECONDS = 60.0
WHOLE_SECONDS = timedelta(seconds=1)  # Twilio's times have no fractions
PARALLEL_READS = 8  # commands that one worker reads back at the same time
NO_ERROR = "Twilio reported no error."
NO_RESULT = f"Twilio accepted the command, but nothing confirmed it within {OVERDUE_SECONDS:.0f} seconds."
CALL_UNKNOWN = "Twilio no longer knows the call."


@dataclass(frozen=True)
class Outcome:
    """The final state of a command, the evidence, and Twilio's error code if there is one."""

    state: CommandState
    message: str
    twilio_code: int | None = None


class Confirmer:
    """Finishes commands that would otherwise stay `accepted`. Two workers may do so at the same time."""

    def __init__(self, services: Services):
        self._services = services
        self._commands = services.registry.commands

    def read_back(self) -> None:
        """Settle every accepted command that is due. A command that cannot be read now stays due."""
        due = self._commands.due_for_read_back(READ_BACK_SECONDS, OVERDUE_SECONDS)
        if due:
            with ThreadPoolExecutor(PARALLEL_READS) as pool:
                list(pool.map(self._settle, due))

    def _settle(self, record: CommandRecord) -> None:
        try:
            outcome = self._outcome(record)
        except CallNotFound:
            outcome = Outcome("unconfirmed", CALL_UNKNOWN)
        except MidcallError as error:
            log.warning("command %d cannot be read back yet: %s", record.id, error.message)
            return
        if outcome:
            message = f"{record.message}; {outcome.message}" if record.message else outcome.message
            code = outcome.twilio_code
            self._commands.settle(record, outcome.state, message, twilio_code=code, source="worker")

    def _outcome(self, record: CommandRecord) -> Outcome | None:
        """None while the outcome is open, or if the end of the call has settled the command."""
        if record.proof == "none":
            return self._error(record) or self._evidence(record)
        if record.call_sid:
            look_up(self._services, record.call_sid)
            if (self._commands.get(record.id) or record).finished_at:
                return None
        return self._error(record) or Outcome("unconfirmed", NO_RESULT)

    def _error(self, record: CommandRecord) -> Outcome | None:
        """The newest error that Twilio has reported for the call since the command."""
        if record.call_sid is None:
            return None
        errors = self._services.twilio.diagnostics.errors(record.call_sid, _since(record))
        return Outcome("unconfirmed", f"Twilio reported: {errors[0][1]}", errors[0][0]) if errors else None

    def _evidence(self, record: CommandRecord) -> Outcome | None:
        """No error; and for a URL of another host, the status with which that host answered Twilio."""
        url = self._fetched_url(record)
        if not url:
            return Outcome("confirmed", NO_ERROR)
        status = self._services.twilio.diagnostics.response_status(record.call_sid or "", url, _since(record))
        if status is None:
            overdue = (now() - record.requested_at).total_seconds() > OVERDUE_SECONDS
            return Outcome("unconfirmed", "Twilio has not requested the URL.") if overdue else None
        if 200 <= status < 300:
            return Outcome("confirmed", f"Twilio requested the URL: {status}, no error.")
        return Outcome("unconfirmed", f"The URL answered Twilio with {status}.")

    def _fetched_url(self, record: CommandRecord) -> str | None:
        kind = call_commands(self._services.commands).get(record.command)
        destination = kind.destination(record.arguments) if kind else None
        return destination.url if destination else None


def _since(record: CommandRecord) -> datetime:
    return record.requested_at - WHOLE_SECONDS
