"""What happens without anybody asking: the spool, commands without an outcome, quiet calls, plans, rules.

Several workers may run; what each does is claimed in the registry or harmless when done twice. What became of a
call or a command is not guessed: Twilio is asked, and its answer is written down.
"""

from __future__ import annotations

import gc
import logging
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from voice.bulk.worker import BulkWorker
from voice.calls import ENDED
from voice.conferences.keeper import ConferenceKeeper
from voice.control.confirmation import Confirmer
from voice.control.emergency_stop import stop_late_calls
from voice.control.live_update import look_up
from voice.errors import CallNotFound, MidcallError, RegistryUnavailable
from voice.events import NewEvent, now
from voice.plans.due import DuePlans
from voice.registry import CommandRecord
from voice.rules.engine.application import RuleApplication
from voice.services import Services

log = logging.getLogger(__name__)
TICK_SECONDS = 1.0
BULK_SECONDS = 0.1  # who has pressed the button for all calls is waiting
TIDY_SECONDS = 60.0
SETTLE_AFTER = timedelta(seconds=12)
GOES_ON = "Twilio did not end the call: it goes on"
UNSEEN = "Twilio did not answer, and nothing came of it that could be seen"


class Worker:
    """One worker process. `tick` does all that is due and may be called at any time."""

    def __init__(self, services: Services):
        self._services = services
        self._stop = threading.Event()
        bulk = BulkWorker(services, self._stop)
        often = (
            self.drain, self.settle, self.sweep, DuePlans(services).run, ConferenceKeeper(services).tend,
            RuleApplication(services).run, partial(stop_late_calls, services), Confirmer(services).read_back,
        )  # fmt: skip
        self._parts: dict[Callable[[], None], float] = {
            **dict.fromkeys(often, TICK_SECONDS), bulk.run_due: BULK_SECONDS, bulk.delete_old_previews: TIDY_SECONDS,
        }  # fmt: skip

    def run(self) -> None:
        """Each part again and again, in a thread of its own: none waits for another. Until SIGTERM or SIGINT.

        What is loaded by now stays: a collection that walked through it would hold the database's lock for 90 ms.
        """
        gc.collect()
        gc.freeze()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        threads = [threading.Thread(target=self._repeat, args=pair) for pair in self._parts.items()]
        for thread in threads:
            thread.start()
        log.info("the worker is running")
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """End `run` before the next round of its parts."""
        self._stop.set()

    def tick(self) -> None:
        """Everything that is due, each part on its own: one that fails does not keep the others."""
        for part in self._parts:
            self._guarded(part)

    def _repeat(self, part: Callable[[], None], seconds: float) -> None:
        while not self._stop.wait(seconds):
            self._guarded(part)

    def drain(self) -> None:
        """Record what waits in the spool."""
        if self._services.recorder.spool.waiting:
            self._services.recorder.spool.drain(self._services.registry.events.record)

    def settle(self) -> None:
        """Find out what became of commands that Twilio left unanswered."""
        for record in self._services.registry.commands.unsettled():
            self._guarded(partial(self._settle, record))

    def sweep(self) -> None:
        """Ask Twilio about live calls that were quiet for too long; its answer corrects the registry."""
        quiet = self._services.registry.calls.claim_quiet(self._services.config["SWEEP_AFTER_SECONDS"])
        for call_sid in quiet:
            self._guarded(partial(self._ask_about, call_sid))

    def _ask_about(self, call_sid: str) -> None:
        try:
            look_up(self._services, call_sid, "sweep.corrected")
        except CallNotFound:
            event = NewEvent("sweep.unknown", "twilio", call_sid, dedupe_key=f"sweep.unknown:{call_sid}")
            self._services.registry.events.record(event)

    def _settle(self, record: CommandRecord) -> None:
        """The call is read back, and its end settles the command; what shows nothing in time is told as such.

        Not at once: Twilio's API may lag behind, and the webhook that confirms may be on its way.
        """
        live = bool(record.call_sid) and look_up(self._services, record.call_sid or "").status not in ENDED
        if now() - record.requested_at < SETTLE_AFTER:
            return
        goes_on = live and record.proof == "end"
        self._services.registry.commands.settle(
            record, "refused" if goes_on else "unconfirmed", GOES_ON if goes_on else UNSEEN, source="worker",
            error_code=record.error_code, twilio_code=record.twilio_code,
        )  # fmt: skip

    def _guarded(self, part: Callable[[], None]) -> None:
        try:
            part()
        except RegistryUnavailable as error:
            log.warning("the registry is not available: %s", error.message)
        except MidcallError as error:
            log.warning("%s", error.message)
        except Exception:  # the worker must live
            log.exception("a part of the worker's round failed")
