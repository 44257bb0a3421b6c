"""The audit trail, for admins: a list with filters, and an export of the whole trail."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import Field

from voice.audit import AuditEntry, NewAuditEntry, json_lines
from voice.registry import AuditQuery
from voice.web.admin.inputs import Query
from voice.web.admin.route import Answer, route
from voice.web.guards import actor, limits, operator, services

JSON_LINES = "application/jsonl"


class AuditListQuery(Query):
    """Filters and page of the trail. A kind may be a family, such as `token`."""

    kind: Annotated[str | None, Field(max_length=40)] = None
    actor: Annotated[str | None, Field(max_length=100)] = None
    target: Annotated[str | None, Field(max_length=100)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int | None, Field(ge=1, lt=2**63)] = None

    def as_audit_query(self) -> AuditQuery:
        """The query for the registry."""
        return AuditQuery(**dict(self))


class AuditPage(Answer):
    """A page of entries, and the cursor of the next page."""

    entries: list[AuditEntry]
    next: int | None


@route("GET", "/audit", role="admin")
def list_audit(query: AuditListQuery) -> AuditPage:
    """List who did what, newest first: sign-in, people, passwords, links, tokens, and rules."""
    found, following = services().registry.audit.find(query.as_audit_query())
    return AuditPage(entries=found, next=following)


@route("GET", "/audit/export", role="admin", media_type=JSON_LINES)
def export_audit() -> Response:
    """Export the whole trail as JSON lines, oldest first. `flask audit verify --file` checks it."""
    trail = services().registry.audit
    trail.append(NewAuditEntry("audit.exported", actor()))
    headers = {"Content-Disposition": 'attachment; filename="midcall-audit.jsonl"'}
    close = limits().open(operator().name, "exports")
    response = Response(json_lines(trail.all()), mimetype=JSON_LINES, headers=headers)
    response.call_on_close(close)
    return response
