"""The bulk runs of a worker process: claim calls, run their commands in parallel, report the progress."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event

from voice.bulk.attempt import Attempts
from voice.bulk.rate import RequestRate
from voice.bulk.runs import update_new_calls
from voice.calls import Call
from voice.errors import MidcallError, NotAllowed, RegistryUnavailable
from voice.events import NewEvent
from voice.operators.authority import require_authority
from voice.registry import BulkClaims, BulkItem, BulkRun, Outcome
from voice.registry.bulk_claims import LEASE_SECONDS
from voice.services import Services

log = logging.getLogger(__name__)
ROUND_SECONDS = 0.03  # outcomes that arrive within a round are written together
RELOAD_SECONDS = 0.1  # between two reads of the open and canceled runs
PROGRESS_SECONDS = 0.5  # between two progress events
LEASE_MARGIN_SECONDS = 5.0  # no command is started when its lease is about to expire


class BulkWorker:
    """The bulk runs of one worker process. Several workers may share a run."""

    def __init__(
        self,
        services: Services,
        stopping: Event | None = None,
        only: Callable[[], Collection[str]] | None = None,
    ):
        """`only`: the ids of the runs to work on; without it, all runs."""
        config = services.config
        self._max_parallel = config["BULK_AT_ONCE"]
        self._rate = RequestRate(self._max_parallel, config["BULK_PER_SECOND"])
        self._services, self._registry = services, services.registry
        self._attempts = Attempts(services.with_pace(self._rate))
        self._claims = BulkClaims(self._registry.database, secrets.token_hex(8))
        self._stopping, self._only = stopping or Event(), only
        self._finished: SimpleQueue[Outcome] = SimpleQueue()
        self._in_progress = 0
        self._lease_until = self._reported_at = self._loaded_at = 0.0
        self._canceled: set[str] = set()

    def run_due(self) -> None:
        """Work on due runs until no call can be claimed, or the worker stops."""
        runs = self._load()
        if not runs:
            return
        with ThreadPoolExecutor(2 * self._max_parallel, "bulk") as threads:
            while runs and not self._stopping.is_set() and self._round(runs, threads):
                runs = self._load() if time.monotonic() - self._loaded_at > RELOAD_SECONDS else runs
        self._save_and_claim(None, 0)

    def _load(self) -> list[BulkRun]:
        self._loaded_at = time.monotonic()
        runs = self._registry.bulk.unfinished()
        if self._only is not None and runs:
            wanted = set(self._only())
            runs = [run for run in runs if run.id in wanted]
        emergency = set(self._registry.emergency.run_ids()) if runs else set()
        for run in runs:
            if run.state != "cancelled" and run.id not in emergency:
                self._check_operator(run)
        return runs

    def _check_operator(self, run: BulkRun) -> None:
        """Cancel the run if its operator may not run it any longer. A run of an emergency stop lasts like the stop."""
        kind = self._services.commands.get(run.command)
        try:
            if kind:
                require_authority(self._services.config, self._registry, run.operator, kind.role)
        except NotAllowed as error:
            log.warning("The bulk run %s is canceled: %s", run.id, error.message)
            self._registry.bulk.cancel(run.id, "worker", error.message)

    def _round(self, runs: list[BulkRun], threads: ThreadPoolExecutor) -> bool:
        """Work on each run once; False if there was nothing to do."""
        self._renew_and_report(runs)
        claimed = sum(self._start_calls(run, threads, len(runs)) for run in runs)
        if not claimed and not self._in_progress:
            finished = [self._finish(run) for run in runs]
            return any(finished)
        time.sleep(ROUND_SECONDS)
        return True

    def _start_calls(self, run: BulkRun, threads: ThreadPoolExecutor, sharing: int) -> int:
        """Save outcomes, claim calls of the run and hand them to the threads; the number of claimed calls.

        Twice as many calls are claimed as requests may be in progress: their commands are recorded while others wait.
        """
        free = 2 * self._rate.limit - self._in_progress
        wanted = self._rate.take(max(0, free // sharing or min(free, 1)))
        items = self._save_and_claim(run.id, wanted)
        if wanted > len(items):
            self._rate.give_back(wanted - len(items))
        calls = self._registry.calls.get_many([item.call_sid for item in items]) if items else {}
        for item in items:
            self._in_progress += 1
            threads.submit(self._run, run, item, calls.get(item.call_sid))
        return len(items)

    def _run(self, run: BulkRun, item: BulkItem, call: Call | None) -> None:
        """Run one command, in a thread. After a cancel or a stop, pending calls are not started."""
        outcome = Outcome(item, None)
        try:
            if time.monotonic() < self._lease_until and not self._stopping.is_set():
                outcome = self._attempts.run(run, item, call, canceled=run.id in self._canceled)
        except Exception:  # a bug must not stop the other calls
            log.exception("The call %s of the bulk run %s failed.", item.call_sid, run.id)
            outcome = Outcome(
                item, "refused", error_code="error", message="Midcall failed. The error was logged."
            )
        finally:
            self._finished.put(outcome)

    def _save_and_claim(self, run_id: str | None, wanted: int) -> list[BulkItem]:
        outcomes = self._finished_outcomes()
        if not outcomes and not wanted:
            return []
        try:
            return self._claims.save_and_claim(outcomes, run_id, wanted)
        except RegistryUnavailable:
            for outcome in outcomes:
                self._finished.put(outcome)
            self._in_progress += len(outcomes)
            raise

    def _finished_outcomes(self) -> list[Outcome]:
        outcomes: list[Outcome] = []
        while True:
            try:
                outcomes.append(self._finished.get_nowait())
            except Empty:
                self._in_progress -= len(outcomes)
                return outcomes

    def _renew_and_report(self, runs: list[BulkRun]) -> None:
        self._canceled = {run.id for run in runs if run.state == "cancelled"}
        if time.monotonic() - self._reported_at < PROGRESS_SECONDS:
            return
        self._reported_at = time.monotonic()
        self._claims.renew()
        self._lease_until = self._reported_at + LEASE_SECONDS - LEASE_MARGIN_SECONDS
        for run in runs:
            self._report(run)

    def _report(self, run: BulkRun) -> None:
        details = {"run": run.id, "command": run.command, "count": run.count, "state": run.state}
        counts = self._registry.bulk.counts(run.id)
        self._registry.events.record_patiently(
            NewEvent("bulk.progress", "worker", None, {**details, **counts})
        )

    def _finish(self, run: BulkRun) -> bool:
        """True if this worker finished the run."""
        finished = self._registry.bulk.finish(run.id)
        if finished is None:
            return False
        try:
            update_new_calls(self._services, finished)
        except MidcallError as error:
            log.warning("The calls that matched after the preview are not reported: %s", error.message)
        return True
