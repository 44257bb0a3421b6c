"""Input that a database cannot hold, in every route and in every form: it is refused, and never an error of Midcall."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.support.clients import ADMIN_TOKEN, TESTER
from tests.support.console_visitor import Browser

STRANGE = ("9" * 30, "-1", "1e30", "x" * 5000, "a\0b")
IN_A_PATH = ("9" * 30, "a%00b", "x" * 3000, "%ed%a0%80")
FIELDS = [
    "actor",
    "after",
    "after_seconds",
    "arguments",
    "at",
    "call_sids",
    "command",
    "cursor",
    "days",
    "from",
    "kind",
    "label",
    "limit",
    "name",
    "operator",
    "params",
    "password",
    "q",
    "reason",
    "role",
    "scene",
    "seconds",
    "session",
    "since",
    "state",
    "status",
    "target",
    "text",
    "to",
    "token",
    "until",
    "version",
    "zone",
]
STREAMS_OR_TWILIO = ("/events", "/media", "/recordings", "/twilio/", "/set-up", "/docs")


@pytest.fixture
def browser(app: Flask) -> Browser:
    """The browser of an admin."""
    registry = app.extensions["midcall"].registry
    registry.operators.add("root", "admin", TESTER)
    browser = Browser(app)
    browser.get(f"/console/sign-in/{registry.links.create('root', TESTER)}")
    return browser


def routes(app: Flask, method: str) -> Iterator[Rule]:
    """The routes of pages and of the API that answer at once and ask nothing of Twilio."""
    for rule in app.url_map.iter_rules():
        is_page = rule.endpoint.startswith(("console.", "admin.")) and method in (rule.methods or ())
        if (
            is_page
            and not any(part in rule.rule for part in STREAMS_OR_TWILIO)
            and "sign-out" not in rule.rule
        ):
            yield rule


@pytest.mark.slow
def test_every_page_and_list_refuses_what_it_cannot_look_up(app, browser):
    token = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    failed = []
    for rule in routes(app, "GET"):
        paths = {re.sub(r"<[^>]+>", bad, rule.rule) for bad in IN_A_PATH}
        given = [{field: bad} for field in ("cursor", "after", "q") for bad in STRANGE]
        requests = (
            [(path, None) for path in paths] if "<" in rule.rule else [(rule.rule, one) for one in given]
        )
        headers = token if rule.endpoint.startswith("admin.") else None
        answers = [
            (browser.get(path, query_string=query, headers=headers).status_code, path)
            for path, query in requests
        ]
        failed += [answer for answer in answers if answer[0] >= 500]
    assert failed == []


@pytest.mark.slow
def test_every_form_refuses_what_a_database_cannot_store(app, browser):
    failed = []
    for rule in routes(app, "POST"):
        if not rule.endpoint.startswith("console."):
            continue
        for bad in STRANGE:
            path = re.sub(r"<[^>]+>", "1", rule.rule)
            status = browser.post(path, dict.fromkeys(FIELDS, bad)).status_code
            failed += [(status, path, bad[:9])] if status >= 500 else []
    assert failed == []
