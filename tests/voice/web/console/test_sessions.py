"""Sessions are listed and ended one by one: one's own on the account page, those of a person by an admin."""

from __future__ import annotations

import re
from datetime import timedelta

from freezegun import freeze_time

from tests.support.command_line import error_of, output_of
from tests.support.console_visitor import Browser, text_of
from voice.events import now

FIREFOX, CHROME = {"User-Agent": "Mozilla Firefox Linux"}, {"User-Agent": "Mozilla Chrome Windows"}


def ends_in(page: str) -> list[str]:
    """The addresses of the buttons that end a session."""
    return re.findall(r'action="(/console/[^"]+/end)"', page)


def test_an_operator_ends_one_of_their_own_sessions(app, people):
    here, there, elsewhere = Browser(app), Browser(app), Browser(app)
    here.sign_in("viewer", headers=FIREFOX)
    there.sign_in("viewer", headers=CHROME)
    page = here.get("/console/account").text
    assert "Firefox on Linux (this session)" in text_of(page)
    assert "Chrome on Windows" in page
    elsewhere.sign_in("operator")
    (end,) = ends_in(page)
    assert elsewhere.post(end).status_code == 404
    assert there.is_signed_in()
    assert here.post(end).status_code == 303
    assert (here.is_signed_in(), there.is_signed_in(), elsewhere.is_signed_in()) == (True, False, True)
    assert here.post(end).status_code == 404


def test_an_admin_ends_one_session_of_a_person(app, registry, admin_browser):
    first, second = Browser(app), Browser(app)
    first.sign_in("viewer", headers=FIREFOX)
    second.sign_in("viewer", headers=CHROME)
    assert 'href="/console/people/viewer/sessions"' in admin_browser.get("/console/people").text
    page = admin_browser.get("/console/people/viewer/sessions").text
    assert len(ends_in(page)) == 2
    assert admin_browser.post(ends_in(page)[0]).status_code == 303
    assert sorted([first.is_signed_in(), second.is_signed_in()]) == [False, True]
    entry = list(registry.audit.all())[-1]
    assert (entry.kind, entry.actor, entry.target) == ("session.ended", "admin", "viewer")
    assert admin_browser.post(ends_in(page)[0].replace("viewer", "operator")).status_code == 404
    assert admin_browser.get("/console/people/nobody/sessions").status_code == 404


def test_only_admins_see_and_end_sessions_of_others(app, people, operator_browser):
    other = Browser(app)
    other.sign_in("viewer")
    assert operator_browser.get("/console/people/viewer/sessions").status_code == 403
    assert operator_browser.post("/console/people/viewer/sessions/x/end").status_code == 403


def test_sessions_that_are_over_are_not_listed(admin_browser, operator_browser):
    with freeze_time(now() + timedelta(hours=7)):
        admin_browser.get("/admin/calls")
        assert len(ends_in(admin_browser.get("/console/people/operator/sessions").text)) == 1
    with freeze_time(now() + timedelta(hours=9)):
        assert "No open sessions" in admin_browser.get("/console/people/operator/sessions").text


def test_the_command_line_lists_and_ends_one_session(app, people):
    first, second = Browser(app, "10.0.0.1"), Browser(app, "10.0.0.2")
    first.sign_in("viewer")
    second.sign_in("viewer")
    lines = output_of(app, "operators", "sessions", "viewer").splitlines()
    assert [line.split()[1] for line in lines] == ["10.0.0.2", "10.0.0.1"]
    session_id = lines[1].split()[0]
    assert "no open session" in error_of(app, "operators", "end-session", "operator", session_id)
    output_of(app, "operators", "end-session", "viewer", session_id)
    assert (first.is_signed_in(), second.is_signed_in()) == (False, True)
    assert "no open session" in error_of(app, "operators", "end-session", "viewer", session_id)
