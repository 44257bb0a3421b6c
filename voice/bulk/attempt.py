"""One attempt at one call of a bulk run. Its command runs once, even if the worker that started it dies."""

from __future__ import annotations

import logging
from dataclasses import replace

from voice.calls import UNKNOWN_TO_TWILIO, Call
from voice.control.abandoned import settle_if_abandoned
from voice.control.base import ALREADY_ENDED
from voice.control.retries import is_safe_to_retry, was_not_executed
from voice.control.runner import Runner
from voice.errors import MidcallError, RegistryUnavailable
from voice.registry import BulkItem, BulkRun, Outcome
from voice.services import Services

log = logging.getLogger(__name__)
HAD_ENDED = (ALREADY_ENDED, UNKNOWN_TO_TWILIO)  # messages of commands that had nothing left to do
MAX_ATTEMPTS = 6  # for requests that Twilio certainly did not execute
RETRY_SECONDS = 2.0  # before the second attempt; multiplied by the number of the attempt


class Attempts:
    """Runs the command of a run on its calls, with the Runner that operators use."""

    def __init__(self, services: Services):
        self._services = services
        self._runner = Runner(services)

    def run(self, run: BulkRun, item: BulkItem, call: Call | None, canceled: bool = False) -> Outcome:
        """Run the command on a call and return the outcome. Raises no MidcallError."""
        try:
            known = self._outcome_of_dead_worker(run, item) if item.claims > 1 else None
            if canceled and known is None:
                return Outcome(item, "cancelled")
            return known or self._run(run, item, call)
        except RegistryUnavailable as error:
            log.warning("The call %s of the bulk run %s waits: %s", item.call_sid, run.id, error.message)
            return Outcome(item, None, again_after_seconds=RETRY_SECONDS)
        except MidcallError as error:
            return self._failed(item, call, error)

    def _run(self, run: BulkRun, item: BulkItem, call: Call | None) -> Outcome:
        record = self._runner.run(
            run.command, run.arguments, run.operator, item.call_sid, item.key, call, item.claim
        )
        ended = record.message in HAD_ENDED or (call is not None and not call.live)
        return Outcome(item, "already_ended" if ended else "asked", record.id)

    def _failed(self, item: BulkItem, call: Call | None, error: MidcallError) -> Outcome:
        if is_safe_to_retry(error) and item.attempt < MAX_ATTEMPTS:
            return _retry(item, RETRY_SECONDS * item.attempt)
        if error.command is None:
            return Outcome(item, "refused", error_code=error.code, message=error.message)
        current = self._services.registry.calls.get(item.call_sid) or call
        ended = error.code == "call_not_in_progress" and current is not None and not current.live
        return Outcome(item, "already_ended" if ended else "asked", error.command.id)

    def _outcome_of_dead_worker(self, run: BulkRun, item: BulkItem) -> Outcome | None:
        """The outcome of the command that an earlier worker requested; None if it requested none.

        A command that was recorded as sent never runs again: a phone may be ringing, or a caller may have heard it.
        """
        record = self._services.registry.commands.with_idempotency_key(run.operator, item.key)
        if record is None:
            return None
        if record.state == "requested":
            record = settle_if_abandoned(self._services, record)
        if record.state == "requested":
            return Outcome(item, None, again_after_seconds=RETRY_SECONDS)
        if was_not_executed(record) and item.attempt < MAX_ATTEMPTS:
            return _retry(item, 0.0)
        return Outcome(item, "already_ended" if record.message in HAD_ENDED else "asked", record.id)


def _retry(item: BulkItem, after_seconds: float) -> Outcome:
    """Give the call back for another attempt, which is a new command: the last command is settled."""
    return Outcome(replace(item, attempt=item.attempt + 1), None, again_after_seconds=after_seconds)
