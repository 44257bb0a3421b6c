"""The audit trail in the admin API, for admins."""

from __future__ import annotations

import json

import pytest

from tests.support.clients import TESTER, Operator
from voice.audit import Actor, NewAuditEntry


@pytest.fixture
def trail(registry):
    """Three entries."""
    for target in ("a", "b", "c"):
        registry.audit.append(NewAuditEntry("token.made", Actor("ann", "10.0.0.1"), target))
    return registry.audit


def test_the_list_has_pages_and_filters(admin, trail):
    first = admin.get("/audit", limit=2).json
    assert ([entry["target"] for entry in first["entries"]], first["next"]) == (["c", "b"], 2)
    rest = admin.get("/audit", cursor=first["next"]).json
    assert ([entry["target"] for entry in rest["entries"]], rest["next"]) == (["a"], None)
    assert admin.get("/audit", actor="eve").json["entries"] == []
    assert admin.get("/audit", kind="token", target="b").json["entries"][0]["id"] == 2
    assert admin.get("/audit", cursor=0).status_code == 422


def test_the_export_is_the_whole_trail_as_json_lines(admin, trail):
    answer = admin.get("/audit/export")
    entries = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.mimetype == "application/jsonl"
    assert [entry["id"] for entry in entries] == [1, 2, 3, 4]
    last = entries[-1]
    assert (last["kind"], last["actor"], last["address"]) == ("audit.exported", "ADMIN_TOKEN", "127.0.0.1")


def test_only_admins_read_the_trail(app, registry, trail):
    operator = Operator(app.test_client(), registry.tokens.create("bob", "operator", TESTER))
    assert operator.get("/audit").status_code == 403
    assert operator.get("/audit/export").status_code == 403
