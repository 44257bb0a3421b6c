"""Due plans: the worker claims and runs them.

The claim alone does not make a plan run once. Its command also has an idempotency key made from the plan. If a worker
dies, the worker that claims the plan next finds the command with this key and does not run it again.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from voice.control.retries import is_safe_to_retry, retry_delay
from voice.control.runner import Runner
from voice.errors import MidcallError, RegistryUnavailable
from voice.operators.authority import require_authority
from voice.registry import Plan
from voice.registry.plans import PlanState
from voice.services import Services

LAST_RETRY_SECONDS = 120.0  # how late, beyond MISSED_AFTER_SECONDS, a retried plan may still run
AT_ONCE = 16  # plans that one worker runs in parallel


class DuePlans:
    """Runs the plans that are due."""

    def __init__(self, services: Services):
        self._services = services
        self._plans = services.registry.plans
        self._claims = services.registry.plan_claims

    def run(self) -> None:
        """Run due plans in parallel until none is left."""
        while due := self._claims.claim_due(AT_ONCE):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(self._run, due))

    def _run(self, plan: Plan) -> None:
        """Run one plan. If the registry is unavailable, the claim expires and another worker takes the plan."""
        if self._is_missed(plan):
            self._plans.finish(plan, "missed", f"No worker ran the plan in time: {_lateness(plan)}.")
            return
        try:
            self._check_operator(plan)
            record = Runner(self._services).run(
                plan.command, plan.arguments, plan.operator, plan.call_sid, plan.key, claim=plan.claim
            )
        except RegistryUnavailable:
            return
        except MidcallError as error:
            if not self._retry(plan, error):
                self._finish_with(plan, error)
            return
        message = record.message or (f"The plan ran {_lateness(plan)}." if self._is_late(plan) else None)
        self._plans.finish(plan, "run", message, record.id)

    def _check_operator(self, plan: Plan) -> None:
        """Raises NotAllowed if the operator may not run the command any longer, and no worker has started it."""
        commands, kind = self._services.registry.commands, self._services.commands.get(plan.command)
        if kind and commands.with_idempotency_key(plan.operator, plan.key) is None:
            require_authority(self._services.config, self._services.registry, plan.operator, kind.role)

    def _retry(self, plan: Plan, error: MidcallError) -> bool:
        """True if the plan is retried: Twilio did nothing, and the plan is not late yet."""
        if is_safe_to_retry(error) and not self._is_late(plan):
            self._claims.give_back(plan, retry_delay(plan.attempt))
            return True
        return False

    def _finish_with(self, plan: Plan, error: MidcallError) -> None:
        """Finish a plan whose command failed. An unconfirmed command counts as run; the worker reads its outcome."""
        command = error.command
        state: PlanState = "run" if command is not None and command.state != "refused" else "refused"
        self._plans.finish(plan, state, error.message, command.id if command is not None else None)

    def _is_missed(self, plan: Plan) -> bool:
        """True if the plan is too late to run, and no worker that died had started its command."""
        grace = LAST_RETRY_SECONDS if plan.attempt > 1 else 0.0
        if self._services.config["MISSED_PLANS"] == "run" or not self._is_late(plan, grace):
            return False
        return self._services.registry.commands.with_idempotency_key(plan.operator, plan.key) is None

    def _is_late(self, plan: Plan, grace: float = 0.0) -> bool:
        limit: float = self._services.config["MISSED_AFTER_SECONDS"] + grace
        return _seconds_late(plan) > limit


def _seconds_late(plan: Plan) -> float:
    """How late the plan was claimed, by the database's clock."""
    return ((plan.claimed_at or plan.due_at) - plan.due_at).total_seconds()


def _lateness(plan: Plan) -> str:
    return f"{int(_seconds_late(plan))} seconds late"
