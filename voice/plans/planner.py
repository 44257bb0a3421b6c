"""The planner: operators create, change and cancel plans."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from voice.control.base import CommandKind
from voice.errors import CallNotFound, KeyReused, NotFound, WrongState
from voice.plans.schedule import PlanChange, StartTime
from voice.registry import Plan
from voice.services import Services


class Planner:
    """Creates, changes and cancels plans. The worker runs them."""

    def __init__(self, services: Services):
        self._services = services
        self._plans = services.registry.plans

    def create(
        self, name: str, arguments: dict[str, Any], start: StartTime, operator: str,
        call_sid: str | None = None, key: str | None = None,
    ) -> Plan:  # fmt: skip
        """Plan a command. A repeat with the same idempotency key returns the first plan.

        Raises ArgumentsRefused, CallNotFound, WrongState if the call has ended, and KeyReused if the key belongs to
        another request.
        """
        self._kind(name)(arguments, self._services)
        if call_sid is not None:
            self._require_live(call_sid)
        fingerprint, due = _fingerprint(name, arguments, start, call_sid), start.due or timedelta()
        plan = self._plans.create(name, arguments, operator, call_sid, due, key, fingerprint)
        if plan.fingerprint != fingerprint:
            raise KeyReused("This Idempotency-Key belongs to another request. Send a new key.")
        return plan

    def get(self, plan_id: int) -> Plan:
        """The plan. Raises NotFound."""
        plan = self._plans.get(plan_id) if 0 < plan_id < 2**63 else None
        if plan is None:
            raise NotFound(f"There is no plan {plan_id}.")
        return plan

    def change(self, plan_id: int, change: PlanChange, operator: str) -> Plan:
        """Change a plan, which then runs in this operator's name.

        Raises NotFound, ArgumentsRefused, and WrongState if the plan has run or was canceled.
        """
        plan = self.get(plan_id)
        values: dict[str, Any] = {}
        if change.due is not None:
            values["due"] = change.due
        if change.arguments is not None:
            self._kind(plan.command)(change.arguments, self._services)
            values["arguments"] = change.arguments
        return self._require_planned(plan_id, self._plans.change(plan_id, operator, **values))

    def cancel(self, plan_id: int, operator: str) -> Plan:
        """Cancel a plan. Raises NotFound, and WrongState if the plan has run or was canceled."""
        self.get(plan_id)
        return self._require_planned(plan_id, self._plans.cancel(plan_id, operator))

    def _kind(self, name: str) -> CommandKind:
        kind = self._services.commands.get(name)
        if kind is None:
            raise NotFound(f"There is no command {name[:64]!r}.")
        return kind

    def _require_live(self, call_sid: str) -> None:
        call = self._services.registry.calls.get(call_sid)
        if call is None:
            raise CallNotFound(f"The registry has no call {call_sid[:64]!r}.")
        if not call.live:
            raise WrongState("The call has ended. Plan the command for a live call.")

    def _require_planned(self, plan_id: int, changed: Plan | None) -> Plan:
        if changed is None:
            state = self.get(plan_id).state
            raise WrongState(
                f"The plan is in the state {state}. Only a plan in the state planned can be changed."
            )
        return changed


def _fingerprint(name: str, arguments: dict[str, Any], start: StartTime, call_sid: str | None) -> str:
    request = json.dumps([name, call_sid, arguments, start.model_dump(mode="json")], sort_keys=True)
    return hashlib.sha256(request.encode()).hexdigest()
