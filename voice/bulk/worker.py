"""What a worker does for bulk runs: claims calls, runs the command on many of them at once, tells how far it is."""

from __future__ import annotations

import logging
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event

from voice.bulk.attempt import Attempts
from voice.bulk.rate import Pace
from voice.bulk.runs import tell_new
from voice.bulk.tokens import GOOD_FOR
from voice.calls import Call
from voice.errors import MidcallError, RegistryUnavailable
from voice.events import NewEvent, now
from voice.registry import BulkClaims, BulkItem, BulkRun, Outcome
from voice.registry.bulk_claims import LEASE_SECONDS
from voice.services import Services

log = logging.getLogger(__name__)
TURN_SECONDS = 0.03  # what comes back within a turn is written together
LOOK_SECONDS = 0.1  # between two looks at which runs there are, and which were cancelled
TELL_SECONDS = 0.5  # between two reports of the progress
MARGIN_SECONDS = 5.0  # nothing is begun on a lease that is as good as over


class Crew:
    """The bulk runs of one worker process. Several may work on the same run."""

    def __init__(self, services: Services, stopping: Event | None = None):
        config = services.config
        self._most = config["BULK_AT_ONCE"]
        self._pace = Pace(self._most, config["BULK_PER_SECOND"])
        self._services, self._registry = services, services.registry
        self._attempts = Attempts(services.with_pace(self._pace))
        self._claims = BulkClaims(self._registry.database, secrets.token_hex(8))
        self._stopping = stopping or Event()
        self._finished: SimpleQueue[Outcome] = SimpleQueue()
        self._under_way = 0
        self._good_until = self._told_at = self._looked_at = 0.0
        self._cancelled: set[str] = set()

    def run_due(self) -> None:
        """Work on what is due until nothing of it can be claimed, or the worker stops."""
        runs = self._look()
        if not runs:
            return
        with ThreadPoolExecutor(2 * self._most, "bulk") as threads:
            while runs and not self._stopping.is_set() and self._round(runs, threads):
                runs = self._look() if time.monotonic() - self._looked_at > LOOK_SECONDS else runs
        self._keep_and_claim(None, 0)

    def tidy(self) -> None:
        """Forget previews that nobody can run any more."""
        self._registry.bulk.delete_previews(now() - 2 * GOOD_FOR)

    def _look(self) -> list[BulkRun]:
        self._looked_at = time.monotonic()
        return self._registry.bulk.unfinished()

    def _round(self, runs: list[BulkRun], threads: ThreadPoolExecutor) -> bool:
        """One turn for each run, all of them in turn; False if there was nothing to do."""
        self._renew_and_tell(runs)
        claimed = sum(self._turn(run, threads, len(runs)) for run in runs)
        if not claimed and not self._under_way:
            over = [self._close(run) for run in runs]
            return any(over)
        time.sleep(TURN_SECONDS)
        return True

    def _turn(self, run: BulkRun, threads: ThreadPoolExecutor, sharing: int) -> int:
        """Keep what is finished, claim for this run, hand it to the threads; how many were claimed.

        As many again as may be under way at Twilio are claimed ahead: they are recorded while the others wait.
        """
        room = 2 * self._pace.bound - self._under_way
        wanted = self._pace.may_begin(max(0, room // sharing or min(room, 1)))
        items = self._keep_and_claim(run.id, wanted)
        self._pace.give_back(wanted - len(items)) if wanted > len(items) else None
        calls = self._registry.calls.get_many([item.call_sid for item in items]) if items else {}
        for item in items:
            self._under_way += 1
            threads.submit(self._run, run, item, calls.get(item.call_sid))
        return len(items)

    def _run(self, run: BulkRun, item: BulkItem, call: Call | None) -> None:
        """In a thread of its own. What was not begun by the time of a cancel or a stop is not begun any more."""
        outcome = Outcome(item, None)
        try:
            if time.monotonic() < self._good_until and not self._stopping.is_set():
                outcome = self._attempts.run(run, item, call, cancelled=run.id in self._cancelled)
        except Exception:  # a bug of ours must not cost the others their run
            log.exception("the call %s of the bulk run %s", item.call_sid, run.id)
            outcome = Outcome(item, "refused", error_code="error", message="something went wrong on our side")
        finally:
            self._finished.put(outcome)

    def _keep_and_claim(self, run_id: str | None, most: int) -> list[BulkItem]:
        outcomes = self._taken()
        if not outcomes and not most:
            return []
        try:
            return self._claims.save_and_claim(outcomes, run_id, most)
        except RegistryUnavailable:
            for outcome in outcomes:
                self._finished.put(outcome)
            self._under_way += len(outcomes)
            raise

    def _taken(self) -> list[Outcome]:
        outcomes: list[Outcome] = []
        while True:
            try:
                outcomes.append(self._finished.get_nowait())
            except Empty:
                self._under_way -= len(outcomes)
                return outcomes

    def _renew_and_tell(self, runs: list[BulkRun]) -> None:
        self._cancelled = {run.id for run in runs if run.state == "cancelled"}
        if time.monotonic() - self._told_at < TELL_SECONDS:
            return
        self._told_at = time.monotonic()
        self._claims.renew()
        self._good_until = self._told_at + LEASE_SECONDS - MARGIN_SECONDS
        for run in runs:
            self._tell(run)

    def _tell(self, run: BulkRun) -> None:
        details = {"run": run.id, "command": run.command, "count": run.count, "state": run.state}
        counts = self._registry.bulk.counts(run.id)
        self._registry.events.record_patiently(
            NewEvent("bulk.progress", "worker", None, {**details, **counts})
        )

    def _close(self, run: BulkRun) -> bool:
        """True if the run is over by this worker's hand."""
        closed = self._registry.bulk.finish(run.id)
        if closed is None:
            return False
        try:
            tell_new(self._services, closed)
        except MidcallError as error:
            log.warning("what matched only later is not told: %s", error.message)
        return True
