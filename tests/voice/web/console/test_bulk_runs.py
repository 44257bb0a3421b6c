"""Bulk runs in the console without JavaScript: choice of calls, arguments, preview, run, and report; and the roles."""

from __future__ import annotations

import html
import re

import pytest

from tests.support.clients import form, new_call_sid
from tests.support.console_visitor import text_of


@pytest.fixture
def calls(twilio):
    return [twilio.calls(From=f"+1415555000{number}") for number in (1, 2, 3)]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's forms, without the CSRF token."""
    found = dict(re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', page))
    return {name: html.unescape(value) for name, value in found.items() if name != "csrf_token"}


def preview(browser, call_sids, command="end", **fields):
    sent = {"call_sids": "\n".join(call_sids), "command": command, "preview": "yes", **fields}
    return browser.post("/console/bulk/new", sent)


def test_a_selection_leads_to_the_arguments_and_then_to_the_preview(operator_browser, calls, registry):
    page = operator_browser.post("/console/bulk/new", {"call_sids": "\n".join(calls[:2]), "command": "say"})
    assert page.status_code == 200
    assert "2 calls" in page.text
    refused = operator_browser.post("/console/bulk/new", {**hidden(page.text), "preview": "yes"})
    assert (refused.status_code, 'class="error"' in refused.text) == (422, True)
    sent = {**hidden(page.text), "preview": "yes", "text": "We close."}
    shown = operator_browser.post("/console/bulk/new", sent)
    assert shown.status_code == 200
    assert ("+14155550001" in shown.text, "+14155550003" in shown.text) == (True, False)
    assert registry.bulk.all(10) == []


def test_a_previewed_run_starts_once_and_shows_its_calls(operator_browser, calls):
    token = hidden(preview(operator_browser, calls).text)["token"]
    started = [operator_browser.post("/console/bulk", {"token": token}) for _ in range(2)]
    assert [answer.status_code for answer in started] == [303, 303]
    assert started[0].location == started[1].location
    page = operator_browser.get(started[0].location).text
    assert "3 calls" in text_of(page)
    assert page.count('class="state wait">remaining') == 3
    assert operator_browser.get("/console/bulk").text.count('data-key="') == 1
    report = re.search(r'href="(/admin/bulk/[^"]+csv)"', page)[1]
    assert operator_browser.get(report).mimetype == "text/csv"


def test_a_scheduled_run_can_be_canceled(operator_browser, calls, registry):
    token = hidden(preview(operator_browser, calls).text)["token"]
    later = {"token": token, "later.after": "5", "later.unit": "minutes"}
    run = operator_browser.post("/console/bulk", later).location
    assert "3 calls" in operator_browser.get("/console/scheduled").text
    operator_browser.post(f"{run}/cancel")
    assert registry.bulk.all(1)[0].state == "cancelled"
    assert "3 calls" not in operator_browser.get("/console/scheduled").text
    assert operator_browser.post(f"{run}/cancel").status_code == 409


def test_a_wrong_start_time_keeps_the_choice_and_shows_its_error(operator_browser, calls):
    sent = hidden(preview(operator_browser, calls, "say", text="Hi").text)
    page = operator_browser.post("/console/bulk", {**sent, "later.at": "soon"})
    assert (page.status_code, 'id="later-error"' in page.text) == (422, True)
    assert 'value="soon"' in page.text
    sent = hidden(page.text)
    assert (sent["command"], sent["text"], len(sent["call_sids"].split())) == ("say", "Hi", 3)
    assert operator_browser.post("/console/bulk", sent).status_code == 303
    back = operator_browser.post("/console/bulk/new", {**sent, "refresh": "yes"}).text
    assert ">Hi</textarea>" in back
    assert "token" not in hidden(back)


def test_the_preview_counts_calls_that_ended_and_unknown_calls(operator_browser, calls, twilio):
    twilio.post("/voice/status", form(calls[0], CallStatus="completed"))
    page = text_of(preview(operator_browser, [*calls, new_call_sid()]).text)
    assert "Calls 2 live, 1 ended, 1 unknown" in page


def test_all_calls_that_match_a_filter_can_be_chosen(operator_browser, calls):
    sent = {"all": "live", "command": "end", "select.from": "+14155550002", "preview": "yes"}
    page = operator_browser.post("/console/bulk/new", sent).text
    assert ("+14155550002" in page, "+14155550001" in page) == (True, False)
    nothing_chosen = operator_browser.post("/console/bulk/new", {"command": "end", "preview": "yes"})
    assert "New bulk run" in nothing_chosen.text


def test_a_chosen_scene_adds_its_fields_to_the_arguments(operator_browser, calls):
    sent = {
        "call_sids": calls[0],
        "command": "redirect",
        "scene": "announcement",
        "refresh": "yes",
        "preview": "yes",
    }
    assert 'name="params.text"' in operator_browser.post("/console/bulk/new", sent).text


def test_ten_thousand_calls_fit_in_the_form(operator_browser):
    answer = preview(operator_browser, [new_call_sid() for _ in range(10_000)])
    assert answer.status_code == 200
    assert "10,000 unknown" in text_of(answer.text)


def test_a_viewer_sees_runs_and_cannot_start_or_cancel_one(operator_browser, viewer_browser, calls):
    token = hidden(preview(operator_browser, calls).text)["token"]
    assert viewer_browser.get("/console/bulk").status_code == 200
    assert "Create run" not in viewer_browser.get("/console/bulk").text
    assert preview(viewer_browser, calls).status_code == 403
    assert viewer_browser.post("/console/bulk", {"token": token}).status_code == 403
    run = operator_browser.post("/console/bulk", {"token": token}).location
    assert viewer_browser.post(f"{run}/cancel").status_code == 403
    assert viewer_browser.get(run).status_code == 200
