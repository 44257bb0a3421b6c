"""The pages that an admin manages with: people and tokens, the set-up, the figures."""

from __future__ import annotations

import re

import pytest

from tests.support.clients import form, new_call_sid
from tests.support.console_visitor import Browser

PAGES = ("/console/people", "/console/set-up", "/console/figures")


def secret_in(page: str) -> str:
    """What is shown once."""
    return re.search(r'class="secret">([^<]+)<', page)[1].replace("&amp;", "&")


def test_only_admins_see_and_reach_what_admins_manage(app, people, ada):
    bob = Browser(app)
    bob.sign_in("operator")
    assert [bob.get(path).status_code for path in PAGES] == [403, 403, 200]
    assert "People" not in bob.get("/console/figures").text
    assert bob.post("/console/people", {"name": "eve", "role": "admin"}).status_code == 403
    assert bob.post("/console/tokens", {"name": "eve", "role": "admin"}).status_code == 403
    assert "People" in ada.get("/console/figures").text


def test_somebody_is_added_and_comes_in_by_the_link_that_is_shown_once(app, ada):
    shown = ada.post("/console/people", {"name": "carol", "role": "operator"})
    link = secret_in(shown.text)
    assert shown.status_code == 201
    assert "secret" not in ada.get("/console/people").text
    carol = Browser(app)
    carol.get(link[link.index("/console/") :])
    assert carol.is_signed_in()
    again = ada.post("/console/people", {"name": "carol", "role": "operator"})
    assert (again.status_code, "already" in again.text) == (422, True)


def test_who_is_disabled_is_out_at_once_and_can_be_let_in_again(app, people, ada):
    bob = Browser(app)
    bob.sign_in("operator")
    ada.post("/console/people/operator/disable")
    assert not bob.is_signed_in()
    assert bob.sign_in("operator").status_code == 401
    ada.post("/console/people/operator/enable")
    assert bob.sign_in("operator").status_code == 303


def test_a_role_counts_from_the_next_request_on(app, people, ada):
    bob = Browser(app)
    bob.sign_in("operator")
    ada.post("/console/people/operator/role", {"role": "admin"})
    assert bob.get("/console/people").status_code == 200
    assert ada.post("/console/people/operator/role", {"role": "emperor"}).status_code == 400


@pytest.mark.parametrize("change", ["disable", "role"])
def test_nobody_locks_themselves_out(ada, change):
    assert ada.post(f"/console/people/admin/{change}", {"role": "viewer"}).status_code == 409
    assert ada.get("/console/people").status_code == 200


def test_a_token_is_shown_once_and_opens_nothing_once_it_is_revoked(app, ada):
    token = secret_in(ada.post("/console/tokens", {"name": "nightly", "role": "viewer"}).text)
    asked = app.test_client().get("/admin/calls", headers={"Authorization": f"Bearer {token}"})
    assert asked.status_code == 200
    assert token not in ada.get("/console/people").text
    ada.post("/console/tokens/nightly/revoke")
    asked = app.test_client().get("/admin/calls", headers={"Authorization": f"Bearer {token}"})
    assert asked.status_code == 401


def test_the_set_up_says_what_to_do_where_twilio_cannot_be_asked(ada):
    page = ada.get("/console/set-up")
    assert (page.status_code, "Twilio does not tell" in page.text) == (200, True)
    assert "check TWILIO_ACCOUNT_SID" in page.text
    assert ada.post("/console/set-up/+14155550100").status_code == 502


def test_the_figures_stand_in_the_page_without_script(ada, twilio, services):
    twilio.post("/voice/incoming", form(new_call_sid()))
    services.registry.commands.request("end", {}, "ann", new_call_sid(), None, "fingerprint")
    page = ada.get("/console/figures?hours=1").text
    assert re.search(r"data-now-live[^>]*>1<", page)
    assert "End call" in page
    assert ada.get("/console/figures?hours=0").status_code == 422
