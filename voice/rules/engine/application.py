"""The application of rules: each enabled rule, to the calls that match, once to each call."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from voice.control.retries import is_safe_to_retry, retry_delay
from voice.control.runner import Runner
from voice.errors import MidcallError, RegistryUnavailable
from voice.events import now
from voice.registry import Rule
from voice.registry.rule_hits import RuleHit
from voice.rules.engine.rule import Step, Then
from voice.rules.engine.steps import steps_of
from voice.services import Services

log = logging.getLogger(__name__)
AT_ONCE = 16  # calls that one worker applies a rule to in parallel


class RuleApplication:
    """Applies rules, for the worker."""

    def __init__(self, services: Services):
        self._services = services
        self._rules, self._hits = services.registry.rules, services.registry.rule_hits

    def run(self) -> None:
        """Apply every enabled rule to the calls that match now."""
        for rule in self._rules.all():
            if rule.enabled:
                self._apply(rule)

    def _apply(self, rule: Rule) -> None:
        try:
            steps = steps_of(rule, self._services.rules)
        except (MidcallError, ValueError) as error:  # its file was removed, or has other parameters now
            log.error("The rule %s cannot be read: %s", rule.name, error)
            return
        for number, step in enumerate(steps):
            if step.when.is_now(self._services.config, now()):
                self._apply_step(rule, number, step)

    def _apply_step(self, rule: Rule, number: int, step: Step) -> None:
        while hits := self._hits.claim(rule.id, number, step.when.match, AT_ONCE):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(partial(self._run, rule.name, step.then), hits))

    def _run(self, name: str, then: Then, hit: RuleHit) -> None:
        """Run the command. While Twilio is unreachable, retry it as long as the call is live.

        If the registry is unavailable, the claim of the call expires and another worker takes it.
        """
        runner = Runner(self._services)
        try:
            record = runner.run(
                then.command, then.arguments, f"rule:{name}", hit.call_sid, hit.key, claim=hit.claim
            )
        except RegistryUnavailable:
            return
        except MidcallError as error:
            if is_safe_to_retry(error):
                self._hits.retry(hit, retry_delay(hit.attempt))
                return
            command_id = error.command.id if error.command is not None else None
            self._hits.finish(hit, name, error.message, command_id)
            return
        self._hits.finish(hit, name, record.message, record.id)
