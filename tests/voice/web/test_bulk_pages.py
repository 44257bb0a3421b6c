"""Bulk runs in the console, without JavaScript: choosing, arguments, preview, run, report; and who may."""

from __future__ import annotations

import html
import re

import pytest

from tests.support.clients import form, new_call_sid
from tests.support.console_visitor import Browser


@pytest.fixture
def bob(app, people) -> Browser:
    """A browser in which an operator has signed in."""
    browser = Browser(app)
    browser.sign_in("operator")
    return browser


@pytest.fixture
def calls(twilio):
    return [twilio.calls(From=f"+1415555000{number}") for number in (1, 2, 3)]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's forms, but for the CSRF token."""
    found = dict(re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', page))
    return {name: html.unescape(value) for name, value in found.items() if name != "csrf_token"}


def preview(browser, call_sids, command="end", **fields):
    sent = {"call_sids": "\n".join(call_sids), "command": command, "preview": "yes", **fields}
    return browser.post("/console/bulk/new", sent)


def test_from_the_selection_to_the_arguments_to_the_preview(bob, calls, registry):
    page = bob.post("/console/bulk/new", {"call_sids": "\n".join(calls[:2]), "command": "say"})
    assert page.status_code == 200
    assert "2 calls" in page.text
    wrong = bob.post("/console/bulk/new", {**hidden(page.text), "preview": "yes"})
    assert (wrong.status_code, 'class="wrong"' in wrong.text) == (422, True)
    shown = bob.post("/console/bulk/new", {**hidden(page.text), "preview": "yes", "text": "We close."})
    assert shown.status_code == 200
    assert ("+14155550001" in shown.text, "+14155550003" in shown.text) == (True, False)
    assert registry.bulk.all(10) == []


def test_what_was_previewed_is_run_once_and_shown(bob, calls, registry):
    token = hidden(preview(bob, calls).text)["token"]
    begun = [bob.post("/console/bulk", {"token": token}) for _ in range(2)]
    assert [answer.status_code for answer in begun] == [303, 303]
    assert begun[0].location == begun[1].location
    page = bob.get(begun[0].location).text
    assert "3 calls" in re.sub("<[^>]+>", "", page)
    assert page.count('class="state wait">left') == 3
    assert bob.get("/console/bulk").text.count('data-key="') == 1
    assert bob.get(re.search(r'href="(/admin/bulk/[^"]+csv)"', page)[1]).mimetype == "text/csv"


def test_a_run_for_later_is_planned_and_can_be_cancelled(bob, calls, registry):
    token = hidden(preview(bob, calls).text)["token"]
    page = bob.post("/console/bulk", {"token": token, "later.after": "5", "later.unit": "minutes"})
    assert "3 calls" in bob.get("/console/scheduled").text
    bob.post(f"{page.location}/cancel")
    assert registry.bulk.all(1)[0].state == "cancelled"
    assert "3 calls" not in bob.get("/console/scheduled").text
    assert bob.post(f"{page.location}/cancel").status_code == 409


def test_a_time_that_cannot_be_is_told_at_its_field_of_a_new_preview(bob, calls, registry):
    page = bob.post(
        "/console/bulk", {**hidden(preview(bob, calls, "say", text="Hi").text), "later.at": "soon"}
    )
    assert (page.status_code, 'id="later-wrong"' in page.text) == (422, True)
    assert 'value="soon"' in page.text
    sent = hidden(page.text)
    assert (sent["command"], sent["text"], len(sent["call_sids"].split())) == ("say", "Hi", 3)
    assert bob.post("/console/bulk", sent).status_code == 303
    back = bob.post("/console/bulk/new", {**sent, "refresh": "yes"}).text
    assert ">Hi</textarea>" in back
    assert "token" not in hidden(back)


def test_calls_that_ended_meanwhile_are_told(bob, calls, twilio):
    twilio.post("/voice/status", form(calls[0], CallStatus="completed"))
    page = re.sub(r"<[^>]+>|\s+", " ", preview(bob, [*calls, new_call_sid()]).text)
    said = " ".join(page.split())
    assert "2 are live, 1 has ended meanwhile, 1 is not known" in said


def test_all_that_match_can_be_chosen(bob, calls):
    sent = {"all": "live", "command": "end", "select.from": "+14155550002", "preview": "yes"}
    page = bob.post("/console/bulk/new", sent).text
    assert ("+14155550002" in page, "+14155550001" in page) == (True, False)
    assert "New bulk run" in bob.post("/console/bulk/new", {"command": "end", "preview": "yes"}).text


def test_the_fields_of_a_scene_are_shown_on_the_way(bob, calls):
    sent = {
        "call_sids": calls[0],
        "command": "redirect",
        "scene": "announcement",
        "refresh": "yes",
        "preview": "yes",
    }
    assert 'name="params.text"' in bob.post("/console/bulk/new", sent).text


def test_ten_thousand_calls_fit_in_the_form(bob):
    answer = preview(bob, [new_call_sid() for _ in range(10_000)])
    assert answer.status_code == 200
    assert "10000 are not known" in " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_a_viewer_looks_and_does_nothing(app, people, bob, calls):
    token = hidden(preview(bob, calls).text)["token"]
    eve = Browser(app)
    eve.sign_in("viewer")
    assert eve.get("/console/bulk").status_code == 200
    assert "New run" not in eve.get("/console/bulk").text
    assert preview(eve, calls).status_code == 403
    assert eve.post("/console/bulk", {"token": token}).status_code == 403
    run = bob.post("/console/bulk", {"token": token}).location
    assert eve.post(f"{run}/cancel").status_code == 403
    assert eve.get(run).status_code == 200
