"""One call of a bulk run: its command is run once, whichever worker gets to it, and whoever died over it."""

from __future__ import annotations

import logging
from dataclasses import replace

from voice.calls import ENDED, Call
from voice.control.base import ALREADY_ENDED
from voice.control.live_update import look_up
from voice.control.runner import Runner
from voice.errors import CallNotFound, MidcallError, RegistryUnavailable, TwilioFailed
from voice.events import now
from voice.registry import BulkItem, BulkRun, CommandRecord, Outcome
from voice.registry.bulk_claims import LEASE_SECONDS
from voice.services import Services

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 6  # at what Twilio certainly did not execute
AGAIN_SECONDS = 2.0  # before the second attempt; longer before each further one
NEVER_ASKED = "the worker died before it asked Twilio; the call was read back, and is asked again"
UNKNOWN = "the worker died while it asked Twilio, and nothing came of it that could be seen"


class Attempts:
    """Runs a run's command on its calls, through the same Runner as everybody's commands."""

    def __init__(self, services: Services):
        self._services = services
        self._runner = Runner(services)

    def run(self, run: BulkRun, item: BulkItem, call: Call | None, cancelled: bool = False) -> Outcome:
        """What became of it. Never raises what Twilio or the registry may say."""
        try:
            known = self._of_the_dead(run, item) if item.claims > 1 else None
            if cancelled and known is None:
                return Outcome(item, "cancelled")
            return known or self._run(run, item, call)
        except RegistryUnavailable as error:
            log.warning("the call %s of the bulk run %s waits: %s", item.call_sid, run.id, error.message)
            return Outcome(item, None, again_after_seconds=AGAIN_SECONDS)
        except MidcallError as error:
            return self._failed(item, call, error)

    def _run(self, run: BulkRun, item: BulkItem, call: Call | None) -> Outcome:
        record = self._runner.run(run.command, run.arguments, run.operator, item.call_sid, item.key, call)
        ended = record.message == ALREADY_ENDED or (call is not None and not call.live)
        return Outcome(item, "already_ended" if ended else "asked", record.id)

    def _failed(self, item: BulkItem, call: Call | None, error: MidcallError) -> Outcome:
        if error.command is None:
            return Outcome(item, "refused", error_code=error.code, message=error.message)
        if isinstance(error, TwilioFailed) and error.executed is False and item.attempt < MOST_ATTEMPTS:
            return _again(item)
        current = self._services.registry.calls.get(item.call_sid) or call
        ended = error.code == "call_not_in_progress" and current is not None and not current.live
        return Outcome(item, "already_ended" if ended else "asked", error.command.id)

    def _of_the_dead(self, run: BulkRun, item: BulkItem) -> Outcome | None:
        """What an earlier worker's command came to; None if there is none, so that it is run now.

        A command that was asked for and not answered may have been executed. Its visit, or the call's end, would
        be recorded by now; where neither is, and one of them would have to be, it was not, and is asked again. Not
        what dials somebody: their phone may be ringing.
        """
        record = self._services.registry.commands.with_idempotency_key(run.operator, item.key)
        if record is None:
            return None
        if record.state == "requested":
            wait = LEASE_SECONDS - (now() - record.requested_at).total_seconds()
            if wait > 0 or self._services.recorder.spool.waiting:  # its visit may still be on its way
                return Outcome(item, None, again_after_seconds=max(wait, AGAIN_SECONDS))
            record = self._read_back(record)
        if record.message == NEVER_ASKED:
            return _again(item, 0.0)
        return Outcome(item, "already_ended" if record.message == ALREADY_ENDED else "asked", record.id)

    def _read_back(self, record: CommandRecord) -> CommandRecord:
        log = self._services.registry.commands
        live = self._is_live(record)
        record = log.get(record.id) or record
        if record.state != "requested":
            return record
        command = self._services.commands[record.command](record.arguments, self._services)
        if live and command.proof in ("visit", "end") and not command.dials_out:
            return log.settle(record, "refused", NEVER_ASKED, source="worker")
        return log.settle(record, "unconfirmed", UNKNOWN, source="worker")

    def _is_live(self, record: CommandRecord) -> bool:
        try:
            return look_up(self._services, record.call_sid or "").status not in ENDED
        except CallNotFound:
            return False


def _again(item: BulkItem, after_seconds: float | None = None) -> Outcome:
    """The next attempt is another command: the last one's is settled, and says that nothing was done."""
    wait = AGAIN_SECONDS * item.attempt if after_seconds is None else after_seconds
    return Outcome(replace(item, attempt=item.attempt + 1), None, again_after_seconds=wait)
