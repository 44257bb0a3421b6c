"""What became of commands that Twilio said yes to, where no webhook tells: Twilio's own notes are read back.

A command with proof `none` is looked at after a moment, any other that nobody came by for after a minute.
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
from voice.services import Services

log = logging.getLogger(__name__)
READ_BACK_AFTER = timedelta(seconds=4)  # Twilio's notes come a moment after the fact
OVERDUE_AFTER = timedelta(seconds=60)
WHOLE_SECONDS = timedelta(seconds=1)  # Twilio's moments have no fractions
AT_ONCE = 8  # commands that one worker reads back side by side
NO_ERROR = "Twilio noted no error"
NOBODY_CAME = f"Twilio said yes, and nothing came of it within {OVERDUE_AFTER.seconds} seconds"
UNKNOWN = "Twilio does not know the call any more"


@dataclass(frozen=True)
class Outcome:
    """The state that a command ends in, the evidence, and Twilio's code for what went wrong."""

    state: str
    message: str
    twilio_code: int | None = None


class Confirmer:
    """Ends commands that would otherwise stay `accepted` for ever; harmless when two workers do it."""

    def __init__(self, services: Services):
        self._services = services
        self._log = services.registry.commands

    def read_back(self) -> None:
        """Settle every accepted command that is due; one that cannot be read now is tried again."""
        due = self._log.due_for_read_back(READ_BACK_AFTER, OVERDUE_AFTER)
        if due:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(self._settle, due))

    def _settle(self, record: CommandRecord) -> None:
        try:
            outcome = self._outcome(record)
        except CallNotFound:
            outcome = Outcome("unconfirmed", UNKNOWN)
        except MidcallError as error:
            log.warning("command %d cannot be read back yet: %s", record.id, error.message)
            return
        if outcome:
            told = f"{record.message}; {outcome.message}" if record.message else outcome.message
            code = outcome.twilio_code
            self._log.settle(record, outcome.state, told, twilio_code=code, source="worker")

    def _outcome(self, record: CommandRecord) -> Outcome | None:
        """None while there is still something to wait for, or once the call's end has settled it."""
        if record.proof == "none":
            return self._error(record) or self._evidence(record)
        if record.call_sid:
            look_up(self._services, record.call_sid)
            if (self._log.get(record.id) or record).finished_at:
                return None
        return self._error(record) or Outcome("unconfirmed", NOBODY_CAME)

    def _error(self, record: CommandRecord) -> Outcome | None:
        """What Twilio complained about since the command, most recent first."""
        if record.call_sid is None:
            return None
        errors = self._services.twilio.diagnostics.errors(record.call_sid, _since(record))
        return Outcome("unconfirmed", f"Twilio noted: {errors[0][1]}", errors[0][0]) if errors else None

    def _evidence(self, record: CommandRecord) -> Outcome | None:
        """No error, and where a document had to be fetched from another host, that host's answer."""
        kind = call_commands(self._services.commands).get(record.command)
        destination = kind.destination(record.arguments) if kind else None
        url = destination.url if destination else None
        if not url:
            return Outcome("confirmed", NO_ERROR)
        status = self._services.twilio.diagnostics.response_status(record.call_sid or "", url, _since(record))
        if status is None:
            overdue = now() - record.requested_at > OVERDUE_AFTER
            return Outcome("unconfirmed", "Twilio has not asked for the URL") if overdue else None
        if 200 <= status < 300:
            return Outcome("confirmed", f"Twilio fetched it: {status}, and noted no error")
        return Outcome("unconfirmed", f"the URL answered Twilio with {status}")


def _since(record: CommandRecord) -> datetime:
    return record.requested_at - WHOLE_SECONDS
