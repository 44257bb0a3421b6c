"""The page of rules without JavaScript: admins switch, edit, create, and remove rules; all others read them."""

from __future__ import annotations

import re

from tests.support.clients import TESTER
from tests.support.console_visitor import text_of

OWN_RULE = {
    "name": "vip",
    "when.from": "+4930*",
    "when.weekdays": "sat",
    "when.open": "false",
    "then.command": "say",
}


def test_a_ready_made_rule_can_be_switched_on_edited_and_reset(admin_browser, registry):
    page = admin_browser.get("/console/rules").text
    assert "For any call, after 25:00: Say a message This call will end in a few minutes." in text_of(page)
    assert 'aria-checked="true"' not in page
    admin_browser.post("/console/rules/long_calls/switch", {"enabled": "yes"})
    assert registry.rules.get("long_calls").enabled
    assert admin_browser.get("/console/rules").text.count('aria-checked="true"') == 1
    assert 'name="warn_after_minutes"' in admin_browser.get("/console/rules/long_calls").text
    fields = {"warn_after_minutes": "30", "end_after_minutes": "10", "text": "Soon."}
    refused = admin_browser.post("/console/rules/long_calls", fields)
    assert (refused.status_code, "before the end" in refused.text) == (422, True)
    admin_browser.post("/console/rules/long_calls", {**fields, "end_after_minutes": "40"})
    assert registry.rules.get("long_calls").params["warn_after_minutes"] == 30
    admin_browser.post("/console/rules/long_calls/remove")
    assert registry.rules.get("long_calls") is None


def test_the_scenes_of_a_rule_are_chosen_from_the_catalogue(admin_browser, registry):
    form = admin_browser.get("/console/rules/closed_after_hours").text
    assert re.search(r'name="from_scenes" value="menu" checked', form)
    chosen = {"from_scenes": "parked", "to_scene": "voicemail"}
    admin_browser.post("/console/rules/closed_after_hours", chosen)
    params = registry.rules.get("closed_after_hours").params
    assert params == {"from_scenes": ["parked"], "to_scene": "voicemail"}


def test_an_own_rule_can_be_created_edited_and_removed(admin_browser, registry):
    form = admin_browser.get("/console/rules/new?then.command=say").text
    assert 'name="then.arguments.text"' in form
    refused = admin_browser.post("/console/rules/new", OWN_RULE)
    assert (refused.status_code, 'id="field-then-arguments-text-error"' in refused.text) == (422, True)
    created = admin_browser.post("/console/rules/new", {**OWN_RULE, "then.arguments.text": "Hello"})
    assert created.status_code == 303
    condition = "For any call, from a number starting with +4930, on Saturday, outside opening hours"
    assert condition in text_of(admin_browser.get("/console/rules").text)
    assert 'value="sat" checked' in admin_browser.get("/console/rules/vip").text
    sent = {
        "then.command": "redirect",
        "then.arguments.scene": "announcement",
        "then.arguments.params.text": "Hi",
    }
    sent |= {"when.scene": ["menu", "parked"], "when.from": "", "when.open": ""}
    assert admin_browser.post("/console/rules/vip", sent).status_code == 303
    assert registry.rules.get("vip").steps[0]["then"]["arguments"]["params"] == {"text": "Hi"}
    assert registry.rules.get("vip").steps[0]["when"] == {"scene": ["menu", "parked"]}
    admin_browser.post("/console/rules/vip/remove")
    assert registry.rules.get("vip") is None
    assert 'data-key="vip"' not in admin_browser.get("/console/rules").text


def test_a_rule_with_several_steps_is_edited_as_json(admin_browser, registry):
    steps = '[{"then": {"command": "end"}}, {"when": {"lasted_seconds": 5}, "then": {"command": "hold"}}]'
    admin_browser.post("/console/rules/new", {**OWN_RULE, "then.command": "end"})
    registry.rules.change("vip", TESTER, steps=[{"then": {"command": "end", "arguments": {}}}] * 2)
    assert 'name="steps"' in admin_browser.get("/console/rules/vip").text
    assert admin_browser.post("/console/rules/vip", {"steps": "no JSON"}).status_code == 422
    assert admin_browser.post("/console/rules/vip", {"steps": steps}).status_code == 303
    assert registry.rules.get("vip").steps[1]["then"]["command"] == "hold"


def test_only_admins_can_edit_rules(operator_browser, registry):
    page = operator_browser.get("/console/rules").text
    assert "Long call warning" in page
    assert ('role="switch"' in page, "Create rule" in page) == (False, False)
    for path in ("new", "vip", "long_calls", "long_calls/switch", "long_calls/remove"):
        sent = {**OWN_RULE, "enabled": "yes"}
        assert operator_browser.post(f"/console/rules/{path}", sent).status_code == 403
    assert operator_browser.get("/console/rules/new").status_code == 403
    assert registry.rules.all() == []


def test_without_javascript_a_page_asks_before_a_rule_is_removed(admin_browser, registry):
    admin_browser.post("/console/rules/new", {**OWN_RULE, "then.arguments.text": "Hello"})
    rules = admin_browser.get("/console/rules").text
    question = re.search(r'name="ask-first" value="([^"]+)"', rules)[1]
    page = admin_browser.post("/console/rules/vip/remove", {"ask-first": question, "kept": "as <it> was"})
    assert (page.status_code, text_of(page.text).count(f"{question} Confirm Cancel")) == (200, 1)
    assert 'action="/console/rules/vip/remove"' in page.text
    assert 'name="kept" value="as &lt;it&gt; was"' in page.text
    assert 'name="ask-first"' not in page.text
    assert registry.rules.get("vip")
    assert admin_browser.post("/console/rules/vip/remove").status_code == 303
    assert registry.rules.get("vip") is None
