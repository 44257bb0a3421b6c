"""Applying the rules: each that is switched on, to the calls that match, once to each call."""

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
from voice.rules.engine.rulebook import steps_of
from voice.services import Services

log = logging.getLogger(__name__)
AT_ONCE = 16  # calls that one worker applies a rule to side by side


class Rules:
    """What the worker does about rules."""

    def __init__(self, services: Services):
        self._services = services
        self._log, self._hits = services.registry.rules, services.registry.rule_hits

    def apply(self) -> None:
        """Apply all rules to the calls that match now."""
        for rule in self._log.all():
            if rule.enabled:
                self._apply(rule)

    def _apply(self, rule: Rule) -> None:
        try:
            steps = steps_of(rule)
        except (MidcallError, ValueError) as error:  # its file is gone, or reads other parameters now
            log.error("the rule %s cannot be read: %s", rule.name, error)
            return
        for number, step in enumerate(steps):
            if step.when.is_now(self._services.config, now()):
                self._apply_step(rule, number, step)

    def _apply_step(self, rule: Rule, number: int, step: Step) -> None:
        while hits := self._hits.claim(rule.id, number, step.when.match, AT_ONCE):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(partial(self._run, rule.name, step.then), hits))

    def _run(self, name: str, then: Then, hit: RuleHit) -> None:
        """Tried again for as long as the call lives while Twilio is away.

        A registry that is away leaves the call claimed: another worker looks after it when it is back.
        """
        runner = Runner(self._services)
        try:
            record = runner.run(then.command, then.arguments, f"rule:{name}", hit.call_sid, hit.key)
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
