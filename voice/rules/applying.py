"""Applying the rules: each that is switched on, to the calls that match, once to each call."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from voice.commands.runner import Runner
from voice.errors import MidcallError, RegistryUnavailable
from voice.events import now
from voice.registry import Rule
from voice.rules.rule import Step, Then
from voice.rules.rulebook import steps_of
from voice.services import Services

log = logging.getLogger(__name__)
AT_ONCE = 16  # calls that one worker applies a rule to side by side


class Rules:
    """What the worker does about rules."""

    def __init__(self, services: Services):
        self._services = services
        self._log = services.registry.rules

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
        while calls := self._log.take_calls(rule.id, number, step.when.match, AT_ONCE):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(partial(self._run, rule, number, step.then), calls))

    def _run(self, rule: Rule, number: int, then: Then, call_sid: str) -> None:
        """A registry that is away leaves the call claimed: another worker looks after it when it is back."""
        who, key = f"rule:{rule.name}", f"rule:{rule.id}.{number}:{call_sid}"
        try:
            record = Runner(self._services).run(then.command, then.arguments, who, call_sid, key)
        except RegistryUnavailable:
            return
        except MidcallError as error:
            command_id = error.command.id if error.command is not None else None
            self._log.finish(rule, number, call_sid, error.message, command_id)
            return
        self._log.finish(rule, number, call_sid, record.message, record.id)
