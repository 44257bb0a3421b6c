"""Audit trail: who did what, to which account, and from where, as a list and as an export."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from voice.audit import AuditEntry
from voice.errors import ArgumentsRefused
from voice.web.admin.audit import AuditListQuery, export_audit
from voice.web.admin.inputs import read_query
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.forms.problems import general_problem
from voice.web.console.labels.audit import BAD, FAMILIES
from voice.web.guards import open_to, services

ENTRY = Entry("Audit trail", "console.audit", 85, "admin")


@blueprint.get("/audit")
@open_to("admin")
def audit() -> ResponseReturnValue:
    """One page of the trail, newest first."""
    given = MultiDict([(name, value.strip()) for name, value in request.args.items() if value.strip()])
    try:
        query = read_query(AuditListQuery, given).as_audit_query()
    except ArgumentsRefused as error:
        return _page(given, [], None, general_problem(error, [])), 422
    return _page(given, *services().registry.audit.find(query))


@blueprint.get("/audit.jsonl")
@open_to("admin")
def audit_export() -> Response:
    """The whole trail as JSON lines, as the API exports it."""
    return export_audit()


def _page(
    given: MultiDict[str, str], entries: list[AuditEntry], next_cursor: int | None, problem: str = ""
) -> str:
    filters = {name: value for name, value in given.items() if name not in ("cursor", "limit")}
    return render_template(
        "console/audit.html",
        entries=entries,
        next_cursor=next_cursor,
        filters=filters,
        is_later_page="cursor" in given,
        problem=problem,
        families=FAMILIES,
        bad_kinds=BAD,
    )
