"""The history of calls: sought, paged, taken out as CSV."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.clients import new_call_sid
from tests.support.console_visitor import Browser


@pytest.fixture
def eve(app, people) -> Browser:
    """A viewer's browser."""
    browser = Browser(app)
    browser.sign_in("viewer")
    return browser


def shown(browser: Browser, query: str = "") -> list[str]:
    """The CallSids on a page of the history."""
    page = browser.get(f"/console/history{query}")
    assert page.status_code == 200, page.text
    return re.findall(r'class="from strong number"><a href="/console/calls/(CA[0-9a-f]{32})"', page.text)


def rows(browser: Browser, query: str = "") -> list[dict[str, str]]:
    """The CSV."""
    answer = browser.get(f"/console/history.csv{query}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def ask(registry, call_sid: str, operator: str) -> None:
    registry.commands.request("say", {"text": "Hi"}, operator, call_sid, None, "f")


def test_calls_are_found_by_number_outcome_place_time_and_operator(eve, twilio, registry, admin):
    one, two = twilio.calls(From="+14155550001"), twilio.calls(From="+14155550002")
    twilio.scene(one, "menu", From="+14155550001")
    twilio.status(two, "busy", From="+14155550002")
    ask(registry, two, "carol")
    assert shown(eve) == [two, one]
    assert shown(eve, "?q=50001") == [one]
    assert shown(eve, "?status=busy&scene=&operator=") == [two]
    assert shown(eve, "?scene=menu") == [one]
    assert shown(eve, "?since=2999-01-01T00:00") == []
    assert shown(eve, "?operator=carol") == [two]
    found = admin.get("/calls", operator="carol").json["calls"]
    assert [call["call_sid"] for call in found] == [two]


def test_a_call_that_was_moved_along_with_another_counts_for_the_operator(eve, twilio, registry):
    one, leg = twilio.calls(), twilio.calls()
    record = registry.commands.request("hold", {}, "carol", one, None, "f").record
    registry.commands.expect_legs(record.id, [leg])
    assert set(shown(eve, "?operator=carol")) == {one, leg}


def test_pages_follow_each_other_without_a_gap(eve, twilio):
    sids = [twilio.calls() for _ in range(7)]
    found, path = [], "/console/history?limit=3&q=%2B1415"
    while path:
        page = eve.get(path).text
        found += re.findall(r'class="from strong number"><a href="/console/calls/(CA[0-9a-f]{32})"', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older and older[1].replace("&amp;", "&") + "&limit=3"
    assert found == sids[::-1]


def test_a_filter_that_cannot_be_read_is_told_and_nothing_is_shown(eve, twilio):
    twilio.calls()
    page = eve.get("/console/history?since=yesterday")
    assert (page.status_code, 'role="alert"' in page.text) == (422, True)
    assert "/console/calls/CA" not in page.text
    assert eve.get("/console/history?colour=blue").status_code == 422


def test_an_empty_history_says_what_to_do(eve):
    assert "No call yet" in eve.get("/console/history").text
    assert "No call matches" in eve.get("/console/history?q=1").text


def test_the_csv_holds_all_that_match_and_no_formula(eve, twilio, monkeypatch):
    monkeypatch.setattr("voice.web.console.pages.history.CSV_PAGE", 2)
    sids = [twilio.calls() for _ in range(5)]
    evil = twilio.calls(From='=HYPERLINK("http://evil.example","x")')
    found = rows(eve)
    assert [row["call_sid"] for row in found] == [evil, *sids[::-1]]
    assert found[0]["from"].startswith("'=HYPERLINK")
    assert found[1]["from"] == "+14155551234"
    assert [row["call_sid"] for row in rows(eve, "?q=HYPERLINK")] == [evil]


def test_who_is_not_signed_in_gets_no_history(app):
    for path in ("/console/history", "/console/history.csv", f"/console/calls/{new_call_sid()}"):
        assert app.test_client().get(path).status_code == 303


def test_moments_are_in_the_zone_of_the_form(eve, twilio, registry):
    sid = twilio.calls()
    there = registry.calls.get(sid).started_at.astimezone(ZoneInfo("Asia/Tokyo")).replace(tzinfo=None)
    before, after = ((there + timedelta(minutes=step)).isoformat() for step in (-1, 1))
    assert shown(eve, f"?since={before}&until={after}&zone=Asia/Tokyo") == [sid]
    assert shown(eve, f"?since={before}&until={after}&zone=America/Lima") == []
