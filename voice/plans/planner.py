"""Plans: any command, later. Made and changed by operators, run once by whichever worker gets to it first.

That a command runs once is not left to the claim: its idempotency key is the plan's, so that a worker that
takes over from one that died finds what that one began, and does not do it again.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from voice.control.base import CommandKind
from voice.control.runner import Runner
from voice.errors import (
    CallNotFound,
    KeyReused,
    MidcallError,
    NotFound,
    RegistryUnavailable,
    TwilioFailed,
    WrongState,
)
from voice.events import now
from voice.plans.schedule import PlanChange, StartTime
from voice.registry import Plan
from voice.services import Services

LAST_TRY_SECONDS = 120.0  # how late the last attempt may be at what Twilio kept from being done in time
AT_ONCE = 16  # plans that one worker runs side by side


class Planner:
    """Makes plans, changes them, and runs those that are due."""

    def __init__(self, services: Services):
        self._services = services
        self._log = services.registry.plans

    def make(
        self, name: str, arguments: dict[str, Any], when: StartTime, operator: str,
        call_sid: str | None = None, key: str | None = None,
    ) -> Plan:  # fmt: skip
        """The plan, or the one that came with the same key before.

        Raises ArgumentsRefused, CallNotFound, and WrongState if the call has ended already.
        """
        self._command(name)(arguments, self._services)
        if call_sid is not None:
            self._must_be_live(call_sid)
        fingerprint = _fingerprint(name, arguments, when, call_sid)
        due_at = when.due_at or now()
        plan = self._log.create(name, arguments, operator, call_sid, due_at, key, fingerprint)
        if plan.fingerprint != fingerprint:
            raise KeyReused("this Idempotency-Key came with another request before")
        return plan

    def get(self, plan_id: int) -> Plan:
        """The plan. Raises NotFound."""
        plan = self._log.get(plan_id) if 0 < plan_id < 2**63 else None
        if plan is None:
            raise NotFound(f"there is no plan {plan_id}")
        return plan

    def change(self, plan_id: int, change: PlanChange, operator: str) -> Plan:
        """The plan, changed and now in this operator's name. Raises ArgumentsRefused; WrongState once it ran."""
        plan = self.get(plan_id)
        values: dict[str, Any] = {}
        if change.due_at is not None:
            values["due_at"] = change.due_at
        if change.arguments is not None:
            self._command(plan.command)(change.arguments, self._services)
            values["arguments"] = change.arguments
        return self._still_planned(plan, self._log.change(plan_id, operator, **values))

    def cancel(self, plan_id: int, operator: str) -> Plan:
        """The plan, which will not run. Raises WrongState where it is too late for that."""
        plan = self.get(plan_id)
        return self._still_planned(plan, self._log.cancel(plan_id, operator))

    def run_due(self) -> None:
        """Run what is due, several side by side, until nothing is."""
        while due := self._log.claim_due(AT_ONCE):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(self._run, due))

    def _run(self, plan: Plan) -> None:
        """A registry that is away leaves the plan claimed: another worker looks after it when it is back."""
        if self._missed(plan):
            self._log.finish(plan, "missed", f"nothing ran it in time: {_lateness(plan)}")
            return
        try:
            record = Runner(self._services).run(
                plan.command, plan.arguments, plan.operator, plan.call_sid, plan.key
            )
        except RegistryUnavailable:
            return
        except MidcallError as error:
            if not self._again(plan, error):
                self._finish_with(plan, error)
            return
        told = record.message or (_lateness(plan) if self._late(plan) else None)
        self._log.finish(plan, "run", told, record.id)

    def _again(self, plan: Plan, error: MidcallError) -> bool:
        """True if it is tried once more: Twilio was away, nothing was done, and it is not too late yet."""
        if not_done(error) and not self._late(plan):
            self._log.retry(plan, pause(plan.attempt))
            return True
        return False

    def _finish_with(self, plan: Plan, error: MidcallError) -> None:
        """What Twilio left open has run: its command goes on to find out."""
        command = error.command
        state = "run" if command is not None and command.state != "refused" else "refused"
        self._log.finish(plan, state, error.message, command.id if command is not None else None)

    def _missed(self, plan: Plan) -> bool:
        """Too late, by the setting; but what a worker that died had begun is not missed."""
        grace = LAST_TRY_SECONDS if plan.attempt > 1 else 0.0
        if self._services.config["MISSED_PLANS"] == "run" or not self._late(plan, grace):
            return False
        return self._services.registry.commands.with_idempotency_key(plan.operator, plan.key) is None

    def _late(self, plan: Plan, grace: float = 0.0) -> bool:
        return (now() - plan.due_at).total_seconds() > self._services.config["MISSED_AFTER_SECONDS"] + grace

    def _command(self, name: str) -> CommandKind:
        kind = self._services.commands.get(name)
        if kind is None:
            raise NotFound(f"there is no command {name[:64]!r}")
        return kind

    def _must_be_live(self, call_sid: str) -> None:
        call = self._services.registry.calls.get(call_sid)
        if call is None:
            raise CallNotFound(f"the registry has no call {call_sid[:64]!r}")
        if not call.live:
            raise WrongState("the call has ended")

    def _still_planned(self, plan: Plan, moved: Plan | None) -> Plan:
        if moved is None:
            raise WrongState(f"the plan is {self.get(plan.id).state}: it cannot be changed any more")
        return moved


def not_done(error: MidcallError) -> bool:
    """True if Twilio could not be reached, or took no more requests: to try again does nothing twice."""
    return isinstance(error, TwilioFailed) and error.executed is False


def pause(attempt: int) -> float:
    """Seconds until the next attempt: 2, 4, 8, at most 60."""
    return min(2.0**attempt, 60.0)


def _lateness(plan: Plan) -> str:
    return f"{int((now() - plan.due_at).total_seconds())} seconds late"


def _fingerprint(name: str, arguments: dict[str, Any], when: StartTime, call_sid: str | None) -> str:
    asked = json.dumps([name, call_sid, arguments, when.model_dump(mode="json")], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()
