"""Confirmation by the worker: it looks for evidence of accepted commands that no webhook has settled.

Only evidence confirms a command. Silence never does: Twilio may note an error later, or nowhere.
Sources: https://www.twilio.com/docs/voice/api/call-event-resource,
https://www.twilio.com/docs/voice/api/call-notification-resource
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from voice.calls import NOT_ANSWERED, is_call_sid
from voice.control.base import call_commands
from voice.control.live_update import look_up
from voice.errors import CallNotFound, MidcallError
from voice.events import now
from voice.registry import CommandRecord
from voice.registry.command_record import WITHOUT_WEBHOOK, CommandState
from voice.services import Services
from voice.twilio.diagnostics import LOG_AFTER_SECONDS
from voice.twilio.error_codes import in_words

log = logging.getLogger(__name__)
ERRORS_UNTIL_SECONDS = 60.0  # an error that appears later reaches Midcall by the debugger webhook only
AGAIN_SECONDS = 60.0
RETRY_SECONDS = 10.0  # after Twilio could not be read
LOG_MISSING_AFTER_SECONDS = 2 * LOG_AFTER_SECONDS
WHOLE_SECONDS = timedelta(seconds=1)  # Twilio's times have no fractions
PARALLEL_READS = 8  # commands that one worker reads back at the same time
NO_RESULT = "Twilio accepted the command, but nothing confirmed it in time."
NOT_REQUESTED = "Twilio's log of the call shows no request for the URL."
CALL_UNKNOWN = "Twilio no longer knows the call."


@dataclass(frozen=True)
class Outcome:
    """The final state of a command, the evidence, and Twilio's error code if there is one."""

    state: CommandState
    message: str | None
    twilio_code: int | None = None


@dataclass(frozen=True)
class Later:
    """No evidence yet: look again after so many seconds."""

    seconds: float


class Confirmer:
    """Finishes commands that would otherwise stay open. Two workers may do so at the same time."""

    def __init__(self, services: Services):
        self._services = services
        self._commands = services.registry.commands

    def read_back(self) -> None:
        """Look for evidence of every command that is due. When to look next is in the registry."""
        due = self._commands.due_for_check()
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
            outcome = Later(RETRY_SECONDS)
        if isinstance(outcome, Later):
            self._commands.check_later(record.id, outcome.seconds)
        elif outcome:
            code = outcome.twilio_code
            message = _message(record, outcome)
            self._commands.settle(record, outcome.state, message, twilio_code=code, source="worker")

    def _outcome(self, record: CommandRecord) -> Outcome | Later | None:
        """None if the end of the call has settled the command."""
        if record.proof not in WITHOUT_WEBHOOK:
            return self._missing_webhook(record)
        error = self._error(record)
        age = (now() - record.requested_at).total_seconds()
        if error or age < ERRORS_UNTIL_SECONDS:
            return error or Later(ERRORS_UNTIL_SECONDS - age)
        return self._from_log(record) if record.proof == "log" else Outcome("accepted", record.message)

    def _missing_webhook(self, record: CommandRecord) -> Outcome | Later | None:
        """A call that Twilio has queued, or whose phone rings, has more time: its status is looked up."""
        on_the_way = False
        for call_sid in filter(is_call_sid, [record.call_sid or "", *self._commands.missing_legs(record.id)]):
            on_the_way |= look_up(self._services, call_sid).status in NOT_ANSWERED
        if (self._commands.get(record.id) or record).finished_at:
            return None
        error = self._error(record)
        return error or (Later(AGAIN_SECONDS) if on_the_way else Outcome("unconfirmed", NO_RESULT))

    def _error(self, record: CommandRecord) -> Outcome | None:
        """The newest error that Twilio has reported for the call since the command."""
        if record.call_sid is None:
            return None
        errors = self._services.twilio.diagnostics.errors(record.call_sid, _since(record))
        if not errors:
            return None
        code, message = errors[0]
        return Outcome("unconfirmed", f"Twilio reported: {in_words(code, message)}", code)

    def _from_log(self, record: CommandRecord) -> Outcome | Later:
        """The answer of the URL, as Twilio's log of the call shows it."""
        ended_seconds = self._seconds_since_end(record)
        if ended_seconds is None:
            return Later(AGAIN_SECONDS)
        if ended_seconds < LOG_AFTER_SECONDS:
            return Later(LOG_AFTER_SECONDS - ended_seconds)
        diagnostics, url = self._services.twilio.diagnostics, self._fetched_url(record)
        statuses = diagnostics.answers_to(record.call_sid or "", url, _since(record))
        if statuses:
            return _answered(statuses)
        is_missing = ended_seconds > LOG_MISSING_AFTER_SECONDS
        return Outcome("unconfirmed", NOT_REQUESTED) if is_missing else Later(AGAIN_SECONDS)

    def _seconds_since_end(self, record: CommandRecord) -> float | None:
        """None while the call goes on; the worker's look-ups of quiet calls notice an end that no webhook reports."""
        call = self._services.registry.calls.get(record.call_sid or "")
        if call is None or call.live:
            return None
        return (now() - (call.ended_at or record.requested_at)).total_seconds()

    def _fetched_url(self, record: CommandRecord) -> str:
        kind = call_commands(self._services.commands).get(record.command)
        destination = kind.destination(record.arguments) if kind else None
        return (destination.url if destination else None) or ""


def _answered(statuses: list[int]) -> Outcome:
    if any(200 <= status < 300 for status in statuses):
        return Outcome("confirmed", "Twilio's log of the call shows that the URL answered.")
    return Outcome("unconfirmed", f"The URL answered Twilio with {statuses[-1]}.")


def _message(record: CommandRecord, outcome: Outcome) -> str | None:
    """The evidence, after what the command's own note says; a note about missing evidence is replaced."""
    if record.message is None or record.proof in WITHOUT_WEBHOOK:
        return outcome.message
    return f"{record.message}; {outcome.message}"


def _since(record: CommandRecord) -> datetime:
    return record.requested_at - WHOLE_SECONDS
