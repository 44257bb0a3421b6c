"""Rules: listed for everyone, made and changed by admins."""

from __future__ import annotations

from voice.rules.engine.changes import NewRule, RuleChange
from voice.rules.engine.rulebook import Rulebook
from voice.rules.engine.steps import RuleDetails
from voice.web.admin.route import Answer, route
from voice.web.guards import actor, services


class RuleList(Answer):
    """All rules."""

    rules: list[RuleDetails]


class RuleAnswer(Answer):
    """One rule."""

    rule: RuleDetails


class RemovedRule(Answer):
    """The name of the rule that was removed."""

    removed: str


@route("GET", "/rules", role="viewer")
def list_rules() -> RuleList:
    """List all rules, including ready-made rules that are disabled."""
    return RuleList(rules=Rulebook(services()).all())


@route("POST", "/rules", role="admin", status=201)
def make_rule(body: NewRule) -> RuleAnswer:
    """Make a rule with its own steps, or another rule of a ready-made kind."""
    return RuleAnswer(rule=Rulebook(services()).create(body, actor()))


@route("GET", "/rules/<rule>", role="viewer")
def show_rule(rule: str) -> RuleAnswer:
    """Show one rule, by its name."""
    return RuleAnswer(rule=Rulebook(services()).get(rule))


@route("PATCH", "/rules/<rule>", role="admin")
def change_rule(rule: str, body: RuleChange) -> RuleAnswer:
    """Enable, disable or change a rule. It is not applied again to calls that it was applied to before."""
    return RuleAnswer(rule=Rulebook(services()).change(rule, body, actor()))


@route("DELETE", "/rules/<rule>", role="admin")
def remove_rule(rule: str) -> RemovedRule:
    """Remove a rule. A ready-made rule returns to its original parameters, disabled."""
    Rulebook(services()).remove(rule, actor())
    return RemovedRule(removed=rule)
