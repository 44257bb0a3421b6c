"""Rules: what is done to calls by itself; everybody sees them, admins switch, change, make and remove them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.errors import ArgumentsRefused
from voice.rules.engine.changes import NewRule, RuleChange
from voice.rules.engine.rulebook import Rulebook
from voice.validation import validate
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.forms import rule as rule_form
from voice.web.console.forms.form import Field, problem
from voice.web.guards import open_to, operator, services

ENTRY = Entry("Rules", "console.rules", 40)


@blueprint.get("/rules")
def rules() -> str:
    """Every rule, those that are ready to be switched on among them; the ones that are on come first."""
    after, every = services().registry.events.last_id(), _book().all()
    return render_template(
        "console/rules.html",
        rules=sorted(every, key=lambda rule: (not rule["enabled"], rule["title"])),
        after=after,
        may_change=operator().has_role("admin"),
    )


@blueprint.post("/rules/<rule>/switch")
def switch_rule(rule: str) -> ResponseReturnValue:
    """On or off."""
    on = request.form.get("enabled") == "yes"
    changed = _book().change(rule, RuleChange(enabled=on), operator().name)
    flash(f"{changed['title']}: switched {'on' if on else 'off'}.")
    return _back()


@blueprint.post("/rules/<rule>/remove")
def remove_rule(rule: str) -> ResponseReturnValue:
    """Gone; one that came with Midcall is as it came."""
    _book().remove(rule, operator().name)
    flash(f"The rule {rule} is removed.")
    return _back()


@blueprint.get("/rules/new")
@open_to("admin")
def new_rule() -> str:
    """The form of one of one's own."""
    return _new(rule_form.read_step(request.args), request.args.get("name", ""), None)


@blueprint.post("/rules/new")
def make_rule() -> ResponseReturnValue:
    """Made, and switched on."""
    step, name = rule_form.read_step(request.form), request.form.get("name", "").strip()
    try:
        made = _book().create(validate(NewRule, {"name": name, **step}), operator().name)
    except ArgumentsRefused as error:
        return _new(step, name, error), 422
    flash(f"{made['title']}: made, and switched on.")
    return _back()


@blueprint.get("/rules/<rule>")
@open_to("admin")
def rule(rule: str) -> str:
    """The form that changes it."""
    found = _book().get(rule)
    return _change(found, _given(found, request.args) if request.args else {}, None)


@blueprint.post("/rules/<rule>")
def change_rule(rule: str) -> ResponseReturnValue:
    """Other parameters, or another step; calls that it was applied to are not looked at again."""
    found = _book().get(rule)
    given = _given(found, request.form)
    try:
        _book().change(rule, validate(RuleChange, given), operator().name)
    except ArgumentsRefused as error:
        return _change(found, given, error), 422
    flash(f"{found['title']}: changed.")
    return _back()


def _given(found: Mapping[str, Any], form: Any) -> dict[str, Any]:
    if found["ready_made"]:
        return {"params": rule_form.read_params(found, form)}
    return {"steps": rule_form.read_steps(form)} if len(found["steps"]) > 1 else rule_form.read_step(form)


def _change(found: Mapping[str, Any], given: dict[str, Any], error: ArgumentsRefused | None) -> str:
    when, then = _fields({**found, **given}, _errors(error))
    return _form("change_rule", found["title"], [], when, then, error, rule=found["name"], help=found["help"])


def _new(step: dict[str, Any], name: str, error: ArgumentsRefused | None) -> str:
    errors = _errors(error)
    wrong_name = next((one["message"] for one in errors if one["field"] == "name"), "")
    when, then = rule_form.step_fields(step, errors)
    return _form("make_rule", "New rule", [rule_form.name_field(name, wrong_name)], when, then, error)


def _fields(found: dict[str, Any], errors: list[dict[str, Any]]) -> tuple[list[Field], list[Field]]:
    if found["ready_made"]:
        errors = [{**one, "field": one["field"].removeprefix("params.")} for one in errors]
        return rule_form.params_fields(found, found["params"], errors), []
    if len(found["steps"]) > 1 and "then" not in found:
        return [rule_form.steps_field(found["steps"])], []
    step = found if "then" in found else next(iter(found["steps"]), {})
    return rule_form.step_fields(step, errors)


def _form(
    view: str, title: str, first: list[Field], when: list[Field], then: list[Field], error: ArgumentsRefused | None,
    **more: Any,
) -> str:  # fmt: skip
    fields = [*first, *when, *then]
    return render_template(
        "console/rule.html", title=title, view=view, first=first, when=when, then=then,
        problem=problem(error, fields), **more,
    )  # fmt: skip


def _errors(error: ArgumentsRefused | None) -> list[dict[str, Any]]:
    return list((error and error.fields) or [])


def _book() -> Rulebook:
    return Rulebook(services())


def _back() -> ResponseReturnValue:
    return redirect(url_for("console.rules"), 303)
