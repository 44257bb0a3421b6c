"""The password is asked for again before a change of access; a sign-in link sets one password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from tests.support.clients import PUBLIC_URL, TESTER
from tests.support.console_visitor import PASSWORD, Browser, text_of
from voice.events import now
from voice.operators.sign_in_links import sign_in_link

LATER = timedelta(minutes=15, seconds=1)
CHANGES = [
    ("/console/people", {"name": "carol", "role": "admin"}),
    ("/console/people/viewer/link", {}),
    ("/console/people/viewer/role", {"role": "admin"}),
    ("/console/people/viewer/disable", {}),
    ("/console/people/viewer/enable", {}),
    ("/console/tokens", {"name": "nightly", "role": "admin"}),
    ("/console/tokens/known/revoke", {}),
]
NEW = {"new": "another battery", "again": "another battery"}


@pytest.fixture
def token(registry):
    """A token that exists."""
    registry.tokens.create("known", "viewer", TESTER)


def link_of(services, name: str) -> str:
    """The path of a new sign-in link."""
    return sign_in_link(services.config, services.registry, name, TESTER).removeprefix(PUBLIC_URL)


@pytest.mark.parametrize(("path", "form"), CHANGES)
@pytest.mark.usefixtures("token")
def test_a_change_of_access_asks_for_the_password_some_time_after_sign_in(
    registry, admin_browser, path, form
):
    before = registry.audit.head()
    with freeze_time(now() + LATER):
        page = admin_browser.post(path, form)
        assert (page.status_code, "Enter your password" in page.text) == (403, True)
        assert registry.audit.head() == before
        wrong = admin_browser.post(path, {**form, "your-password": "wrong"})
        assert (wrong.status_code, "wrong" in wrong.text) == (403, True)
        assert [entry.kind for entry in registry.audit.all()][before[0] :] == ["identity.refused"]
        done = admin_browser.post(path, {**form, "your-password": PASSWORD})
        assert done.status_code in (201, 303)
    kinds = [entry.kind for entry in registry.audit.all()][before[0] + 1 :]
    assert kinds[0] == "identity.confirmed"
    assert len(kinds) > 1


def test_the_page_keeps_the_form_without_the_token_of_the_page_before(admin_browser):
    with freeze_time(now() + LATER):
        page = admin_browser.post("/console/tokens", {"name": "a&b", "role": "admin", "days": "7"}).text
    for field in ('name="name" value="a&amp;b"', 'name="role" value="admin"', 'name="days" value="7"'):
        assert field in page
    assert 'action="/console/tokens"' in page


def test_a_confirmation_lasts_for_a_while_and_for_one_session(app, admin_browser):
    other = Browser(app)
    other.sign_in("admin")
    with freeze_time(now() + LATER) as clock:
        role = {"role": "operator"}
        assert (
            admin_browser.post("/console/people/viewer/role", {**role, "your-password": PASSWORD}).status_code
            == 303
        )
        assert admin_browser.post("/console/people/viewer/role", role).status_code == 303
        assert other.post("/console/people/viewer/role", role).status_code == 403
        clock.tick(LATER)
        assert admin_browser.post("/console/people/viewer/role", role).status_code == 403


def test_guesses_of_the_password_are_limited(admin_browser):
    with freeze_time(now() + LATER):
        answers = [
            admin_browser.post("/console/people/viewer/disable", {"your-password": "guess"}).status_code
            for _ in range(6)
        ]
    assert answers == [403] * 4 + [429] * 2


def test_only_what_changes_access_asks(admin_browser, people):
    with freeze_time(now() + LATER):
        assert admin_browser.post("/console/rules/cost_ceiling/switch", {"enabled": "yes"}).status_code == 303
        assert admin_browser.get("/console/people").status_code == 200


def test_who_has_no_password_is_led_to_set_one(app, services, people):
    people.add("carol", "admin", TESTER)
    carol = Browser(app)
    carol.get(link_of(services, "carol"))
    assert carol.post("/console/people/viewer/role", {"role": "operator"}).status_code == 303
    with freeze_time(now() + LATER):
        page = carol.post("/console/people/viewer/role", {"role": "admin", "your-password": ""})
        assert (page.status_code, "Set a password first" in text_of(page.text)) == (403, True)
        assert carol.post("/console/account/password", NEW).status_code == 303
        assert carol.post("/console/people/viewer/role", {"role": "admin"}).status_code == 303


def test_a_link_replaces_a_forgotten_password_once_and_soon(app, services, people):
    browser = Browser(app)
    browser.get(link_of(services, "viewer"))
    assert "Current password" not in browser.get("/console/account").text
    assert browser.post("/console/account/password", NEW).status_code == 303
    assert "Current password" in browser.get("/console/account").text
    again = {"new": "a third battery", "again": "a third battery"}
    assert browser.post("/console/account/password", again).status_code == 422
    assert browser.post("/console/account/password", {**again, "old": NEW["new"]}).status_code == 303


def test_a_link_that_was_used_some_time_ago_replaces_no_password(app, services, people):
    browser = Browser(app)
    browser.get(link_of(services, "viewer"))
    with freeze_time(now() + LATER):
        assert browser.post("/console/account/password", NEW).status_code == 422
        assert browser.post("/console/account/password", {**NEW, "old": PASSWORD}).status_code == 303


def test_a_common_password_is_refused_with_advice(admin_browser):
    common = {"old": PASSWORD, "new": "password1234", "again": "password1234"}
    page = admin_browser.post("/console/account/password", common)
    assert (page.status_code, "common passwords" in page.text) == (422, True)
