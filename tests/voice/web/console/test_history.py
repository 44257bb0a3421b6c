"""The history of calls: search, pages, and CSV."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.support.clients import new_call_sid
from tests.support.console_visitor import Browser

LINK = r'class="from strong number"><a href="/console/calls/(CA[0-9a-f]{32})"'


def shown(browser: Browser, query: str = "") -> list[str]:
    """The CallSids on a page of the history."""
    page = browser.get(f"/console/history{query}")
    assert page.status_code == 200, page.text
    return re.findall(LINK, page.text)


def rows(browser: Browser, query: str = "") -> list[dict[str, str]]:
    """The rows of the CSV."""
    answer = browser.get(f"/console/history.csv{query}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_calls_are_found_by_number_outcome_scene_time_and_operator(viewer_browser, twilio, registry, admin):
    one, two = twilio.calls(From="+14155550001"), twilio.calls(From="+14155550002")
    twilio.scene(one, "menu", From="+14155550001")
    twilio.status(two, "busy", From="+14155550002")
    registry.commands.request("say", {"text": "Hi"}, "carol", two, None, "f")
    assert shown(viewer_browser) == [two, one]
    assert shown(viewer_browser, "?q=50001") == [one]
    assert shown(viewer_browser, "?status=busy&scene=&operator=") == [two]
    assert shown(viewer_browser, "?scene=menu") == [one]
    assert shown(viewer_browser, "?since=2999-01-01T00:00") == []
    assert shown(viewer_browser, "?operator=carol") == [two]
    found = admin.get("/calls", operator="carol").json["calls"]
    assert [call["call_sid"] for call in found] == [two]


def test_a_leg_that_a_command_moved_is_found_by_its_operator(viewer_browser, twilio, registry):
    one, leg = twilio.calls(), twilio.calls()
    record = registry.commands.request("hold", {}, "carol", one, None, "f").record
    registry.commands.expect_legs(record.id, [leg])
    assert set(shown(viewer_browser, "?operator=carol")) == {one, leg}


def test_pages_show_every_call_once(viewer_browser, twilio):
    sids = [twilio.calls() for _ in range(7)]
    found, path = [], "/console/history?limit=3&q=%2B1415"
    while path:
        page = viewer_browser.get(path).text
        found += re.findall(LINK, page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older and older[1].replace("&amp;", "&") + "&limit=3"
    assert found == sids[::-1]


def test_a_wrong_filter_shows_an_error_and_no_calls(viewer_browser, twilio):
    twilio.calls()
    page = viewer_browser.get("/console/history?since=yesterday")
    assert (page.status_code, 'role="alert"' in page.text) == (422, True)
    assert "/console/calls/CA" not in page.text
    assert viewer_browser.get("/console/history?colour=blue").status_code == 422


def test_an_empty_history_says_what_to_do(viewer_browser):
    assert "No calls yet" in viewer_browser.get("/console/history").text
    assert "No calls match" in viewer_browser.get("/console/history?q=1").text


def test_the_csv_holds_all_matches_and_no_formula(viewer_browser, twilio, monkeypatch):
    monkeypatch.setattr("voice.web.console.pages.history.CSV_PAGE", 2)
    sids = [twilio.calls() for _ in range(5)]
    evil = twilio.calls(From='=HYPERLINK("http://evil.example","x")')
    found = rows(viewer_browser)
    assert [row["call_sid"] for row in found] == [evil, *sids[::-1]]
    assert found[0]["from"].startswith("'=HYPERLINK")
    assert found[1]["from"] == "+14155551234"
    assert [row["call_sid"] for row in rows(viewer_browser, "?q=%3DHYPERLINK")] == [evil]


def test_the_history_needs_a_session(app):
    for path in ("/console/history", "/console/history.csv", f"/console/calls/{new_call_sid()}"):
        assert app.test_client().get(path).status_code == 303


def test_times_are_in_the_zone_of_the_form(viewer_browser, twilio, registry):
    sid = twilio.calls()
    there = registry.calls.get(sid).started_at.astimezone(ZoneInfo("Asia/Tokyo")).replace(tzinfo=None)
    before, after = ((there + timedelta(minutes=step)).isoformat() for step in (-1, 1))
    assert shown(viewer_browser, f"?since={before}&until={after}&zone=Asia/Tokyo") == [sid]
    assert shown(viewer_browser, f"?since={before}&until={after}&zone=America/Lima") == []
