"""Rules: automatic actions. Everyone sees them; admins enable, edit, create, and remove them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from voice.errors import ArgumentsRefused
from voice.rules.engine.changes import NewRule, RuleChange
from voice.rules.engine.rulebook import Rulebook
from voice.validation import validate
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.forms import rule as rule_form
from voice.web.console.forms.form import Field
from voice.web.console.forms.problems import field_errors, general_problem
from voice.web.guards import actor, open_to, operator, services

ENTRY = Entry("Rules", "console.rules", 40)


@blueprint.get("/rules")
def rules() -> str:
    """All rules, enabled ones first. Ready-made rules are listed before their first use."""
    after, every = services().registry.events.last_id(), _rulebook().all()
    return render_template(
        "console/rules.html",
        rules=sorted(every, key=lambda rule: (not rule["enabled"], rule["title"])),
        after=after,
        may_edit=operator().has_role("admin"),
    )


@blueprint.post("/rules/<rule>/switch")
def switch_rule(rule: str) -> ResponseReturnValue:
    """Switch a rule on or off."""
    enabled = request.form.get("enabled") == "yes"
    changed = _rulebook().change(rule, RuleChange(enabled=enabled), actor())
    flash(f"{changed['title']} is switched {'on' if enabled else 'off'}.")
    return _back()


@blueprint.post("/rules/<rule>/remove")
def remove_rule(rule: str) -> ResponseReturnValue:
    """Remove a rule. A ready-made rule returns to its original settings."""
    removed = _rulebook().get(rule)
    _rulebook().remove(rule, actor())
    is_ready_made = removed["ready_made"] == removed["name"]
    flash(f"{removed['title']} is {'reset' if is_ready_made else 'removed'}.")
    return _back()


@blueprint.get("/rules/new")
@open_to("admin")
def new_rule() -> str:
    """The form of a new rule."""
    return _new_rule_page(rule_form.read_step(request.args), request.args.get("name", ""), None)


@blueprint.post("/rules/new")
def make_rule() -> ResponseReturnValue:
    """Create a rule and switch it on."""
    step, name = rule_form.read_step(request.form), request.form.get("name", "").strip()
    try:
        created = _rulebook().create(validate(NewRule, {"name": name, **step}), actor())
    except ArgumentsRefused as error:
        return _new_rule_page(step, name, error), 422
    flash(f"{created['title']} is created and switched on.")
    return _back()


@blueprint.get("/rules/<rule>")
@open_to("admin")
def rule(rule: str) -> str:
    """The form that edits a rule."""
    found = _rulebook().get(rule)
    return _edit_page(found, _read(found, request.args) if request.args else {}, None)


@blueprint.post("/rules/<rule>")
def change_rule(rule: str) -> ResponseReturnValue:
    """Save a rule. Calls that it has acted on stay exempt."""
    found = _rulebook().get(rule)
    given = _read(found, request.form)
    try:
        _rulebook().change(rule, validate(RuleChange, given), actor())
    except ArgumentsRefused as error:
        return _edit_page(found, given, error), 422
    flash(f"{found['title']} is saved.")
    return _back()


@dataclass
class RuleFields:
    """The fields of a rule's form: the name of a new rule, the condition or parameters, and the command."""

    condition: list[Field]
    command: list[Field] = field(default_factory=list)
    name: list[Field] = field(default_factory=list)

    def __iter__(self) -> Any:
        return iter([*self.name, *self.condition, *self.command])


def _read(found: Mapping[str, Any], sent: MultiDict[str, str]) -> dict[str, Any]:
    """What was entered for a rule: parameters, steps as JSON, or one step."""
    if found["ready_made"]:
        return {"params": rule_form.read_params(found, sent)}
    return {"steps": rule_form.read_steps(sent)} if len(found["steps"]) > 1 else rule_form.read_step(sent)


def _edit_page(found: Mapping[str, Any], given: dict[str, Any], error: ArgumentsRefused | None) -> str:
    fields = _edit_fields({**found, **given}, error)
    return _page("change_rule", found["title"], fields, error, rule=found["name"], help=found["help"])


def _edit_fields(found: Mapping[str, Any], error: ArgumentsRefused | None) -> RuleFields:
    errors = field_errors(error)
    if found["ready_made"]:
        return RuleFields(rule_form.params_fields(found, found["params"], errors))
    if len(found["steps"]) > 1 and "then" not in found:
        return RuleFields([rule_form.steps_field(found["steps"], errors)])
    step = found if "then" in found else next(iter(found["steps"]), {})
    return RuleFields(rule_form.condition_fields(step, errors), rule_form.command_fields(step, errors))


def _new_rule_page(step: dict[str, Any], name: str, error: ArgumentsRefused | None) -> str:
    errors = field_errors(error)
    fields = RuleFields(
        rule_form.condition_fields(step, errors),
        rule_form.command_fields(step, errors),
        [rule_form.name_field(name, errors)],
    )
    return _page("make_rule", "New rule", fields, error)


def _page(view: str, title: str, fields: RuleFields, error: ArgumentsRefused | None, **more: Any) -> str:
    problem = general_problem(error, fields)
    return render_template(
        "console/rule.html", title=title, view=view, fields=fields, problem=problem, **more
    )


def _rulebook() -> Rulebook:
    return Rulebook(services())


def _back() -> ResponseReturnValue:
    return redirect(url_for("console.rules"), 303)
