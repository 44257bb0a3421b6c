"""The rulebook: rules as operators see and change them, those that are ready-made among them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from voice.control.base import Arguments, call_commands
from voice.errors import ArgumentsRefused, MidcallError, NotFound
from voice.events import now
from voice.json_record import iso
from voice.registry import Rule
from voice.rules import all_rules
from voice.rules.engine.rule import Step, Then, When
from voice.services import Services
from voice.validation import Pattern, invalid, validate

NAME = r"[a-z][a-z0-9_]{0,59}"


class RuleDetails(TypedDict):
    """A rule as operators see it. `id` is null for a ready-made rule that was never changed."""

    id: int | None
    name: str
    title: str
    help: str
    enabled: bool
    ready_made: str | None
    params: dict[str, Any]
    schema: dict[str, Any] | None
    steps: list[dict[str, Any]]
    hits: int
    changed_by: str | None
    changed_at: str | None


class RuleChange(Arguments):
    """What may be changed of a rule. `then`, with its `when`, is short for one step."""

    enabled: Annotated[bool | None, Field(title="Switched on")] = None
    params: Annotated[dict[str, Any] | None, Field(title="Parameters of a ready-made rule")] = None
    steps: Annotated[list[Step] | None, Field(min_length=1, max_length=20, title="Steps")] = None
    when: Annotated[When | None, Field(title="When")] = None
    then: Annotated[Then | None, Field(title="Then")] = None

    @model_validator(mode="after")
    def _one_way(self) -> RuleChange:
        if (self.when is not None and self.then is None) or (
            self.then is not None and self.steps is not None
        ):
            raise ValueError("enter steps, or a command with its conditions")
        return self

    @property
    def own_steps(self) -> list[dict[str, Any]]:
        """The steps that were given, in either way."""
        short = [Step(when=self.when or When(), then=self.then)] if self.then else []
        return [step.as_json() for step in self.steps or short]


class NewRule(RuleChange):
    """A rule of one's own, or another one of a ready-made kind; switched on unless it says otherwise."""

    name: Annotated[
        str,
        Pattern(NAME, "Enter a name like long_calls: lowercase letters, digits, and _."),
        Field(title="Name"),
    ]
    ready_made: Annotated[str | None, Field(title="Ready-made rule")] = None


class Rulebook:
    """All rules: those that were stored, and those that are ready to be switched on."""

    def __init__(self, services: Services):
        self._services = services
        self._log = services.registry.rules
        self._ready_made = all_rules()

    def all(self) -> list[RuleDetails]:
        """Every rule as JSON, by name; what is ready-made and was never touched is switched off."""
        stored, hits = {rule.name: rule for rule in self._log.all()}, self._log.call_counts()
        names = sorted({*stored, *self._ready_made})
        return [_shown(stored.get(name) or untouched(name), hits) for name in names]

    def get(self, name: str) -> RuleDetails:
        """One rule as JSON. Raises NotFound."""
        return _shown(self._found(name), self._log.call_counts())

    def make(self, wanted: NewRule, operator: str) -> RuleDetails:
        """The new rule. Raises ArgumentsRefused, also for a name that is taken."""
        wanted_rule = Rule(
            0, wanted.name, wanted.enabled is not False, wanted.ready_made, {}, [], operator, now()
        )
        values = self._checked(_with(wanted_rule, wanted))
        made = None if wanted.name in self._ready_made else self._log.create(wanted.name, operator, **values)
        if made is None:
            raise invalid([{"field": "name", "message": f"there is a rule {wanted.name!r} already"}])
        return self.get(wanted.name)

    def change(self, name: str, change: RuleChange, operator: str) -> RuleDetails:
        """The rule as it then is; a ready-made one is stored by its first change. Raises as `make` and `get`."""
        before = self._found(name)
        after = _with(before, change)
        values = (
            self._checked(after) if after.enabled or change.model_fields_set - {"enabled"} else _values(after)
        )
        store = self._log.change if before.id else self._log.create
        store(name, operator, **values)
        return self.get(name)

    def remove(self, name: str, operator: str) -> None:
        """The rule is gone; one that came with Midcall is as it came. Raises NotFound."""
        self._found(name)
        self._log.remove(name, operator)

    def _found(self, name: str) -> Rule:
        stored = self._log.get(name) if re.fullmatch(NAME, name) else None
        if stored is None and name not in self._ready_made:
            raise NotFound(f"there is no rule {name[:64]!r}")
        return stored or untouched(name)

    def _checked(self, rule: Rule) -> dict[str, Any]:
        """The columns of a rule whose steps are sound. Raises ArgumentsRefused."""
        if bool(rule.steps) == (rule.ready_made is not None):
            message = "a ready-made rule has params, any other has steps"
            raise invalid([{"field": "steps", "message": message}])
        for number, step in enumerate(steps_of(rule)):
            self._check(f"steps.{number}.", step)
        return _values(replace(rule, params=_params_of(rule)))

    def _check(self, where: str, step: Step) -> None:
        """The command must be one for calls, its arguments sound, and the scenes in the catalogue."""
        kind = call_commands(self._services.commands).get(step.then.command)
        if kind is None:
            message = f"there is no command {step.then.command[:64]!r} for calls"
            raise invalid([{"field": f"{where}then.command", "message": message}])
        for name in step.when.scene:
            if name not in self._services.scenes:
                message = f"there is no scene {name[:64]!r}"
                raise invalid([{"field": f"{where}when.scene", "message": message}])
        try:
            kind(step.then.arguments, self._services)
        except ArgumentsRefused as error:
            where += "then.arguments."
            raise invalid([{**one, "field": where + one["field"]} for one in error.fields or []]) from None


def untouched(name: str) -> Rule:
    """A ready-made rule as it comes: switched off."""
    return Rule(0, name, False, name, {}, [], "", now())


def steps_of(rule: Rule) -> list[Step]:
    """The steps of a rule, whether its own or those of its kind. Raises ArgumentsRefused for parameters."""
    if rule.ready_made is None:
        return [Step.model_validate(step) for step in rule.steps]
    kind = all_rules().get(rule.ready_made)
    if kind is None:
        message = f"there is no ready-made rule {rule.ready_made[:64]!r}; there are: {', '.join(all_rules())}"
        raise invalid([{"field": "ready_made", "message": message}])
    return kind.steps(validate(kind.params, rule.params, where="params."))


def _params_of(rule: Rule) -> dict[str, Any]:
    """All parameters of a ready-made rule, those that were left out among them."""
    return all_rules()[rule.ready_made].params(**rule.params).model_dump() if rule.ready_made else {}


def _with(rule: Rule, change: RuleChange) -> Rule:
    enabled = rule.enabled if change.enabled is None else change.enabled
    params = rule.params if change.params is None else change.params
    if rule.ready_made is None and change.params:
        raise invalid([{"field": "params", "message": "belong to a ready-made rule"}])
    return replace(rule, enabled=enabled, params=params, steps=change.own_steps or rule.steps)


def _values(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("enabled", "ready_made", "params", "steps")}


def _shown(rule: Rule, hits: Mapping[int, int]) -> RuleDetails:
    """A rule that can no longer be read is shown without steps, so that it can be mended or removed."""
    kind = all_rules().get(rule.ready_made or "")
    try:
        steps = [step.as_json() for step in steps_of(rule)]
    except (MidcallError, ValueError):
        steps = []
    return {
        "id": rule.id or None,
        "name": rule.name,
        "title": kind.title if kind else rule.name,
        "help": (kind.__doc__ or "").partition("\n")[0] if kind else "",
        "enabled": rule.enabled,
        "ready_made": rule.ready_made,
        "params": {**(kind.params().model_dump() if kind else {}), **rule.params},
        "schema": kind.params.model_json_schema() if kind else None,
        "steps": steps,
        "hits": hits.get(rule.id, 0),
        "changed_by": rule.changed_by or None,
        "changed_at": iso(rule.changed_at) if rule.id else None,
    }
