"""Rules in the admin API: seen by everybody, made and changed by admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from voice.rules.engine.rulebook import Change, NewRule, Rulebook
from voice.validation import validate
from voice.web.admin.command_requests import body
from voice.web.guards import operator, services

blueprint = Blueprint("rules", __name__, url_prefix="/rules")


@blueprint.get("")
def list_rules() -> dict[str, Any]:
    """All rules, those among them that are ready to be switched on."""
    return {"rules": Rulebook(services()).all()}


@blueprint.post("")
def make_rule() -> ResponseReturnValue:
    """Make a rule of one's own, or another one of a ready-made kind."""
    return {"rule": Rulebook(services()).make(validate(NewRule, body()), operator().name)}, 201


@blueprint.get("/<rule>")
def show_rule(rule: str) -> dict[str, Any]:
    """One rule, by its name."""
    return {"rule": Rulebook(services()).get(rule)}


@blueprint.patch("/<rule>")
def change_rule(rule: str) -> dict[str, Any]:
    """Switch a rule on or off, or change it; calls that it was applied to are not looked at again."""
    return {"rule": Rulebook(services()).change(rule, validate(Change, body()), operator().name)}


@blueprint.delete("/<rule>")
def remove_rule(rule: str) -> dict[str, Any]:
    """Remove a rule; one that came with Midcall is then as it came, switched off."""
    Rulebook(services()).remove(rule, operator().name)
    return {"removed": rule}
