"""The rulebook: operators list, create, change and remove rules."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from voice.audit import Actor
from voice.control.base import call_commands
from voice.errors import ArgumentsRefused, NotFound
from voice.events import now
from voice.registry import Rule
from voice.rules.engine.changes import NAME, NewRule, RuleChange
from voice.rules.engine.rule import Step
from voice.rules.engine.steps import RuleDetails, all_params, details_of, steps_of
from voice.services import Services
from voice.validation import invalid


class Rulebook:
    """All rules: those in the registry, and ready-made rules that were never changed."""

    def __init__(self, services: Services):
        self._services = services
        self._rules = services.registry.rules
        self._kinds = services.rules

    def all(self) -> list[RuleDetails]:
        """Every rule, by name. A ready-made rule that was never changed is disabled."""
        stored, hits = {rule.name: rule for rule in self._rules.all()}, self._rules.call_counts()
        rules = [stored.get(name) or _unchanged(name) for name in sorted({*stored, *self._kinds})]
        return [details_of(rule, self._kinds, hits.get(rule.id, 0)) for rule in rules]

    def get(self, name: str) -> RuleDetails:
        """One rule. Raises NotFound."""
        rule = self._find(name)
        return details_of(rule, self._kinds, self._rules.call_counts().get(rule.id, 0))

    def create(self, wanted: NewRule, by: Actor) -> RuleDetails:
        """Create a rule. Raises ArgumentsRefused, also for a name that is in use."""
        enabled = wanted.enabled is not False
        rule = Rule(0, wanted.name, enabled, wanted.ready_made, {}, [], by.name, now())
        values = self._validated(_changed(rule, wanted))
        is_free = wanted.name not in self._kinds
        if not is_free or not self._rules.create(wanted.name, by, **values):
            message = f"Choose another name: there is a rule {wanted.name!r}."
            raise invalid([{"field": "name", "message": message}])
        return self.get(wanted.name)

    def change(self, name: str, change: RuleChange, by: Actor) -> RuleDetails:
        """Change a rule. The first change of a ready-made rule stores it. Raises NotFound, ArgumentsRefused."""
        before = self._find(name)
        after = _changed(before, change)
        is_checked = after.enabled or change.model_fields_set - {
            "enabled"
        }  # an unreadable rule can be disabled
        values = self._validated(after) if is_checked else _values(after)
        store = self._rules.change if before.id else self._rules.create
        store(name, by, **values)
        return self.get(name)

    def remove(self, name: str, by: Actor) -> None:
        """Remove a rule. A ready-made rule returns to its original parameters, disabled. Raises NotFound."""
        self._find(name)
        self._rules.remove(name, by)

    def _find(self, name: str) -> Rule:
        stored = self._rules.get(name) if re.fullmatch(NAME, name) else None
        if stored is None and name not in self._kinds:
            raise NotFound(f"There is no rule {name[:64]!r}.")
        return stored or _unchanged(name)

    def _validated(self, rule: Rule) -> dict[str, Any]:
        """The values to store. Raises ArgumentsRefused if the rule has invalid parameters or steps."""
        if bool(rule.steps) == (rule.ready_made is not None):
            message = "Enter steps; or, for a ready-made rule, only its parameters."
            raise invalid([{"field": "steps", "message": message}])
        for number, step in enumerate(steps_of(rule, self._kinds)):
            self._validate_step(f"steps.{number}.", step)
        return _values(replace(rule, params=all_params(rule, self._kinds)))

    def _validate_step(self, where: str, step: Step) -> None:
        """The command must be one for calls with valid arguments, and every scene must exist."""
        kind = call_commands(self._services.commands).get(step.then.command)
        if kind is None:
            message = f"Choose a command for calls: there is no {step.then.command[:64]!r}."
            raise invalid([{"field": f"{where}then.command", "message": message}])
        for name in step.when.scene:
            if name not in self._services.scenes:
                message = f"Choose a scene: there is no {name[:64]!r}."
                raise invalid([{"field": f"{where}when.scene", "message": message}])
        try:
            kind(step.then.arguments, self._services)
        except ArgumentsRefused as error:
            where += "then.arguments."
            raise invalid([{**one, "field": where + one["field"]} for one in error.fields or []]) from None


def _unchanged(name: str) -> Rule:
    """A ready-made rule that was never changed."""
    return Rule(0, name, False, name, {}, [], "", now())


def _changed(rule: Rule, change: RuleChange) -> Rule:
    enabled = rule.enabled if change.enabled is None else change.enabled
    params = rule.params if change.params is None else change.params
    if rule.ready_made is None and change.params:
        message = "Remove the parameters: only a ready-made rule has them."
        raise invalid([{"field": "params", "message": message}])
    return replace(rule, enabled=enabled, params=params, steps=change.all_steps or rule.steps)


def _values(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("enabled", "ready_made", "params", "steps")}
