"""The pages of admins: people and API tokens, setup, and statistics."""

from __future__ import annotations

import re

import pytest

from tests.support.clients import form, new_call_sid
from tests.support.console_visitor import Browser

PAGES = ("/console/people", "/console/set-up", "/console/figures")


def secret_in(page: str) -> str:
    """The link or token that the page shows once."""
    return re.search(r'class="secret">([^<]+)<', page)[1].replace("&amp;", "&")


def test_only_admins_reach_people_tokens_and_setup(admin_browser, operator_browser):
    assert [operator_browser.get(path).status_code for path in PAGES] == [403, 403, 200]
    assert "People" not in operator_browser.get("/console/figures").text
    new = {"name": "eve", "role": "admin"}
    assert operator_browser.post("/console/people", new).status_code == 403
    assert operator_browser.post("/console/tokens", new).status_code == 403
    assert "People" in admin_browser.get("/console/figures").text


def test_a_new_person_signs_in_with_a_link_that_is_shown_once(app, admin_browser):
    new = {"name": "carol", "role": "operator"}
    page = admin_browser.post("/console/people", new)
    link = secret_in(page.text)
    assert page.status_code == 201
    assert "secret" not in admin_browser.get("/console/people").text
    carol = Browser(app)
    carol.get(link[link.index("/console/") :])
    assert carol.is_signed_in()
    again = admin_browser.post("/console/people", new)
    assert (again.status_code, "already" in again.text) == (422, True)


def test_disabling_signs_a_person_out_until_they_are_enabled(admin_browser, operator_browser):
    admin_browser.post("/console/people/operator/disable")
    assert not operator_browser.is_signed_in()
    assert operator_browser.sign_in("operator").status_code == 401
    admin_browser.post("/console/people/operator/enable")
    assert operator_browser.sign_in("operator").status_code == 303


def test_the_sessions_of_a_disabled_person_stay_closed_when_they_are_enabled(admin_browser, operator_browser):
    admin_browser.post("/console/people/operator/disable")
    admin_browser.post("/console/people/operator/enable")
    assert not operator_browser.is_signed_in()
    assert admin_browser.is_signed_in()


def test_a_new_role_applies_from_the_next_request(admin_browser, operator_browser):
    admin_browser.post("/console/people/operator/role", {"role": "admin"})
    assert operator_browser.get("/console/people").status_code == 200
    assert admin_browser.post("/console/people/operator/role", {"role": "emperor"}).status_code == 400


@pytest.mark.parametrize("change", ["disable", "role"])
def test_admins_cannot_lock_themselves_out(admin_browser, change):
    assert admin_browser.post(f"/console/people/admin/{change}", {"role": "viewer"}).status_code == 409
    assert admin_browser.get("/console/people").status_code == 200


def test_a_token_is_shown_once_and_stops_working_when_revoked(app, admin_browser):
    page = admin_browser.post("/console/tokens", {"name": "nightly", "role": "viewer"})
    token = secret_in(page.text)
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/admin/calls", headers=headers).status_code == 200
    assert token not in admin_browser.get("/console/people").text
    admin_browser.post("/console/tokens/nightly/revoke")
    assert app.test_client().get("/admin/calls", headers=headers).status_code == 401


def test_setup_says_what_to_check_if_twilio_does_not_answer(admin_browser):
    page = admin_browser.get("/console/set-up")
    assert page.status_code == 200
    assert "No answer from Twilio" in page.text
    assert "heck TWILIO_ACCOUNT_SID" in page.text
    assert admin_browser.post("/console/set-up/+14155550100").status_code == 502


def test_statistics_show_their_numbers_without_javascript(admin_browser, twilio, services):
    twilio.post("/voice/incoming", form(new_call_sid()))
    services.registry.commands.request("end", {}, "ann", new_call_sid(), None, "fingerprint")
    page = admin_browser.get("/console/figures?hours=1").text
    assert re.search(r"data-now-live[^>]*>1<", page)
    assert "End call" in page
    assert admin_browser.get("/console/figures?hours=0").status_code == 422
