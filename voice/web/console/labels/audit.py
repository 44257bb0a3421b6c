"""The details of an audit entry in words."""

from __future__ import annotations

import json
from typing import Any

from voice.audit import AuditEntry, title_of
from voice.web.console.blueprint import blueprint
from voice.web.console.labels.browsers import browser

FAMILIES = {
    "sign_in": "Sign-in",
    "session": "Sessions",
    "identity": "Identity checks",
    "person": "People",
    "password": "Passwords",
    "link": "Sign-in links",
    "token": "Tokens",
    "rule": "Rules",
    "audit": "Audit trail",
}
BAD = {"sign_in.failed", "sign_in.limited", "identity.refused"}


@blueprint.app_template_filter()
def audit_title(entry: AuditEntry) -> str:
    """The title of an entry."""
    return title_of(entry.kind)


@blueprint.app_template_filter()
def audit_details(entry: AuditEntry) -> str:
    """The details of an entry in one line: `role: admin, previous: viewer`."""
    details = {name: value for name, value in (entry.details or {}).items() if value not in (None, [], {})}
    if "browser" in details:
        details["browser"] = browser(details["browser"])
    return ", ".join(f"{name.replace('_', ' ')}: {_text(value)}" for name, value in details.items())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
