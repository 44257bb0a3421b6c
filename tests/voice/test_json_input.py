"""Input that no database could store or no client could read is refused, wherever it comes from."""

from __future__ import annotations

import json
import math

import pytest

from tests.support.clients import ADMIN_TOKEN
from tests.support.console_visitor import Browser
from voice.errors import Malformed
from voice.validation import parse_json, storage_problem

REFUSED = {
    "NaN": '{"a": NaN}',
    "Infinity": '{"a": [-Infinity]}',
    "a float that is too large": '{"a": 1e999}',
    "an integer that is too long": '{"a": ' + "9" * 5000 + "}",
    "half of a surrogate pair": r'{"a": "\ud800"}',
    "half of a surrogate pair in a name": r'{"\udfff": 1}',
    "NUL": r'{"a": "x\u0000"}',
    "40 levels": '{"a":' * 40 + "1" + "}" * 40,
    "5,000 levels": "[" * 5000 + "]" * 5000,
    "no JSON": "{'a': 1}",
    "nothing": "",
    "no UTF-8": b'{"a": "\xff"}',
    "600,000 characters": json.dumps("x" * 600_000),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_json_that_cannot_be_stored_and_shown_is_refused(text):
    with pytest.raises(Malformed):
        parse_json(text)


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, True, "ü 😀"]}, [], "x", 0])
def test_json_that_can_be_stored_is_read(value):
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


def test_a_value_that_is_no_json_text_is_checked_as_well():
    assert storage_problem({"a": math.nan})
    assert storage_problem(("x", "\0"))
    assert storage_problem({"a": {"b": ["fine", 1.5]}}) is None


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_the_api_refuses_a_command_and_the_live_list_stays_valid(app, twilio, admin, text):
    if not text:
        return  # no body: a command without arguments
    call_sid = twilio.calls()
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    answer = app.test_client().post(f"/admin/calls/{call_sid}/say", data=text, headers=headers)
    assert answer.status_code in (400, 413), answer.text
    live = app.test_client().get("/admin/live", headers=headers)
    assert json.loads(live.text, parse_constant=pytest.fail)["calls"]


@pytest.mark.parametrize("path", ["/admin/rules/%00", "/admin/calls/CA%00", "/admin/plans?state=%00"])
def test_the_api_refuses_nul_in_an_address(app, path):
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    assert app.test_client().get(path, headers=headers).status_code in (400, 404, 422)


@pytest.mark.parametrize("path", ["/console/history?q=%00", "/console/rules/%00", "/console/?q=a%00"])
def test_a_page_refuses_nul_in_its_address(app, path):
    assert app.test_client().get(path).status_code in (400, 404)


def test_a_form_refuses_nul(app):
    answer = Browser(app).post("/console/sign-in", {"name": "ada\0", "password": "correct horse"})
    assert answer.status_code == 400


@pytest.mark.parametrize("fields", [{"name": "x" * 5000}, {"name": "x" * 5000, "password": "y" * 5000}])
def test_a_form_with_very_long_text_is_no_server_error(app, fields):
    assert Browser(app).post("/console/sign-in", {"password": "", **fields}).status_code < 500
