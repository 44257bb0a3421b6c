"""The steps of a stored rule, and what operators see of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from voice.errors import MidcallError
from voice.json_record import iso
from voice.registry import Rule
from voice.rules.engine.rule import ReadyMade, Step
from voice.validation import invalid, validate

Kinds = Mapping[str, ReadyMade]


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


def steps_of(rule: Rule, kinds: Kinds) -> list[Step]:
    """The rule's own steps, or those of its ready-made kind. Raises ArgumentsRefused for invalid parameters."""
    if rule.ready_made is None:
        return [Step.model_validate(step) for step in rule.steps]
    kind = kinds.get(rule.ready_made)
    if kind is None:
        message = f"Choose a ready-made rule: {', '.join(kinds)}."
        raise invalid([{"field": "ready_made", "message": message}])
    return kind.steps(validate(kind.params, rule.params, where="params."))


def all_params(rule: Rule, kinds: Kinds) -> dict[str, Any]:
    """The parameters of a ready-made rule, including defaults; empty for any other rule."""
    return kinds[rule.ready_made].params(**rule.params).model_dump() if rule.ready_made else {}


def details_of(rule: Rule, kinds: Kinds, hits: int) -> RuleDetails:
    """The details of a rule. A rule that cannot be read has no steps, so that an admin can repair or remove it."""
    kind = kinds.get(rule.ready_made or "")
    try:
        steps = [step.as_json() for step in steps_of(rule, kinds)]
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
        "hits": hits,
        "changed_by": rule.changed_by or None,
        "changed_at": iso(rule.changed_at) if rule.id else None,
    }
