"""Quiet calls: ask Twilio about live calls without news, because the report of their end may be lost."""

from __future__ import annotations

import logging
from collections.abc import Collection
from functools import partial

from voice.calls import RANKS, CallFacts
from voice.control.live_update import look_up
from voice.errors import CallNotFound, RegistryUnavailable
from voice.event_kinds import KindName
from voice.twilio.calls import call_facts
from voice.worker.duty import Duty, run_logged

log = logging.getLogger(__name__)
KIND: KindName = "sweep.corrected"
LIVE_AT_TWILIO = ("in-progress", "ringing", "queued")
LISTED_FROM = 20  # quiet calls; fewer are looked up one by one
CLAIMED_AT_ONCE, MOST_CLAIMED = 200, 10_000
PAUSE_SECONDS = 0.02  # between two claims, for the writes of webhooks
PAGE_CALLS, MOST_PAGES = 1_000, 20  # of Twilio's list; calls on later pages are looked up one by one


class QuietCallsDuty(Duty):
    """Corrects the registry with Twilio's answer. It never guesses: a call that is not in a list is looked up."""

    name = "quiet_calls"

    def run(self) -> None:
        """Ask Twilio about each call that was quiet for SWEEP_AFTER_SECONDS; about many calls with few requests."""
        quiet = self._claim()
        if len(quiet) >= LISTED_FROM:
            quiet -= self._correct_listed(quiet)
        for call_sid in sorted(quiet):
            if self.stopping.is_set():
                return
            run_logged(partial(self._ask_about, call_sid))

    def _claim(self) -> set[str]:
        quiet_seconds = self.services.config["SWEEP_AFTER_SECONDS"]
        claimed: set[str] = set()
        while len(claimed) < MOST_CLAIMED:
            try:
                some = self.services.registry.calls.claim_quiet(quiet_seconds, limit=CLAIMED_AT_ONCE)
            except RegistryUnavailable:
                if not claimed:
                    raise
                break
            claimed.update(some)
            if len(some) < CLAIMED_AT_ONCE or self.stopping.wait(PAUSE_SECONDS):
                break
        return claimed

    def _correct_listed(self, quiet: Collection[str]) -> set[str]:
        """Record what Twilio's lists of live calls say about these calls; the CallSids that are in a list."""
        listed = self._live_at_twilio(quiet)
        known = self.services.registry.calls.get_many(list(listed))
        for call_sid, facts in listed.items():
            call = known.get(call_sid)
            if call and RANKS[facts.status or "queued"] > RANKS[call.status]:
                run_logged(partial(self._correct, facts))
        return set(listed)

    def _correct(self, facts: CallFacts) -> None:
        self.services.registry.calls.reconcile(facts, KIND)

    def _live_at_twilio(self, wanted: Collection[str]) -> dict[str, CallFacts]:
        """Those of the calls that Twilio lists as live. A list has 1,000 calls a page.

        Source: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources
        """
        found: dict[str, CallFacts] = {}
        for status in LIVE_AT_TWILIO:
            cursor = None
            for _ in range(MOST_PAGES):
                page, cursor = self.services.twilio.calls.page(PAGE_CALLS, cursor, status=status)
                found |= {one["sid"]: call_facts(one) for one in page if one["sid"] in wanted}
                if cursor is None:
                    break
        return found

    def _ask_about(self, call_sid: str) -> None:
        try:
            look_up(self.services, call_sid, KIND)
        except CallNotFound:
            log.info("Twilio does not know the call %s. It is recorded as ended.", call_sid)
