"""The audit trail in the console, for admins."""

from __future__ import annotations

import json

from tests.support.clients import TESTER
from tests.support.console_visitor import Browser, text_of
from voice.audit import NewAuditEntry


def test_the_page_shows_who_did_what_and_from_where(app, admin_browser):
    admin_browser.post("/console/people", {"name": "carol", "role": "operator"})
    Browser(app, "10.0.0.9").sign_in("carol", "wrong", headers={"User-Agent": "Mozilla Firefox/140.0"})
    page = text_of(admin_browser.get("/console/audit").text)
    assert "Sign-in failed visitor 10.0.0.9 carol reason: no password yet, browser: Firefox" in page
    assert "Person added admin 127.0.0.1 carol role: operator" in page
    assert page.index("Sign-in failed") < page.index("Person added")


def test_the_page_has_filters_and_pages(admin_browser, registry):
    for number in range(60):
        registry.audit.append(NewAuditEntry("token.made", TESTER, f"token{number}"))
    first = admin_browser.get("/console/audit?kind=token&actor=tester&target=")
    assert "token59" in first.text
    assert "token9<" not in first.text
    assert "Older entries" in first.text
    older = admin_browser.get(
        f"/console/audit?kind=token&actor=tester&cursor={registry.audit.head()[0] - 49}"
    )
    assert "token9<" in older.text
    assert "token59" not in older.text
    assert "No entries match" in admin_browser.get("/console/audit?actor=eve").text
    assert admin_browser.get("/console/audit?cursor=x").status_code == 422


def test_an_erased_entry_shows_erased(admin_browser, registry):
    registry.audit.append(NewAuditEntry("token.made", TESTER, "nightly"))
    registry.audit.erase([registry.audit.head()[0]], TESTER, "asked for")
    page = admin_browser.get("/console/audit").text
    assert "nightly" not in page
    assert "Token created erased" in text_of(page)


def test_the_export_holds_every_entry(admin_browser):
    answer = admin_browser.get("/console/audit.jsonl")
    kinds = [json.loads(line)["kind"] for line in answer.text.splitlines()]
    assert kinds[-2:] == ["sign_in.succeeded", "audit.exported"]


def test_only_admins_see_the_trail(admin_browser, operator_browser):
    assert operator_browser.get("/console/audit").status_code == 403
    assert operator_browser.get("/console/audit.jsonl").status_code == 403
    assert "Audit trail" not in operator_browser.get("/console/").text
    assert "Audit trail" in admin_browser.get("/console/").text
