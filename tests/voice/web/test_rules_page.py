"""The page of rules, without JavaScript: switched, changed, made and removed by admins; seen by everybody."""

from __future__ import annotations

import re

from tests.support.console_visitor import Browser

OWN = {
    "name": "vip",
    "when.from": "+4930*",
    "when.weekdays": "sat",
    "when.open": "false",
    "then.command": "say",
}


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_ready_made_rule_is_switched_on_changed_and_reset(ada, registry):
    page = ada.get("/console/rules").text
    assert "For any call, that has lasted 25:00: Say a message This call will end in a few minutes." in words(
        page
    )
    assert 'aria-checked="true"' not in page
    ada.post("/console/rules/long_calls/switch", {"enabled": "yes"})
    assert registry.rules.get("long_calls").enabled
    assert ada.get("/console/rules").text.count('aria-checked="true"') == 1
    form = ada.get("/console/rules/long_calls").text
    assert 'name="warn_after_minutes"' in form
    fields = {"warn_after_minutes": "30", "end_after_minutes": "10", "text": "Soon."}
    wrong = ada.post("/console/rules/long_calls", fields)
    assert (wrong.status_code, "before the end" in wrong.text) == (422, True)
    ada.post("/console/rules/long_calls", {**fields, "end_after_minutes": "40"})
    assert registry.rules.get("long_calls").params["warn_after_minutes"] == 30
    ada.post("/console/rules/long_calls/remove")
    assert registry.rules.get("long_calls") is None


def test_scenes_of_a_rule_are_chosen_from_the_catalogue(ada, registry):
    form = ada.get("/console/rules/closed_after_hours").text
    assert re.search(r'name="from_scenes" value="menu" checked', form)
    ada.post("/console/rules/closed_after_hours", {"from_scenes": "parked", "to_scene": "voicemail"})
    assert registry.rules.get("closed_after_hours").params == {
        "from_scenes": ["parked"],
        "to_scene": "voicemail",
    }


def test_a_rule_of_ones_own_is_made_changed_and_removed(ada, registry):
    assert 'name="then.arguments.text"' in ada.get("/console/rules/new?then.command=say").text
    wrong = ada.post("/console/rules/new", OWN)
    assert (wrong.status_code, 'id="field-then-arguments-text-wrong"' in wrong.text) == (422, True)
    assert ada.post("/console/rules/new", {**OWN, "then.arguments.text": "Hello"}).status_code == 303
    said = "For any call, from a number that begins with +4930, on Saturday, outside the opening hours"
    assert said in words(ada.get("/console/rules").text)
    assert 'value="sat" checked' in ada.get("/console/rules/vip").text
    sent = {
        "then.command": "redirect",
        "then.arguments.scene": "announcement",
        "then.arguments.params.text": "Hi",
    }
    sent |= {"when.scene": ["menu", "parked"], "when.from": "", "when.open": ""}
    assert ada.post("/console/rules/vip", sent).status_code == 303
    assert registry.rules.get("vip").steps[0]["then"]["arguments"]["params"] == {"text": "Hi"}
    assert registry.rules.get("vip").steps[0]["when"] == {"scene": ["menu", "parked"]}
    ada.post("/console/rules/vip/remove")
    assert registry.rules.get("vip") is None
    assert 'data-key="vip"' not in ada.get("/console/rules").text


def test_a_rule_of_several_steps_is_changed_as_json(ada, registry):
    steps = '[{"then": {"command": "end"}}, {"when": {"lasted_seconds": 5}, "then": {"command": "hold"}}]'
    ada.post("/console/rules/new", {**OWN, "then.command": "end"})
    registry.rules.change("vip", "admin", steps=[{"then": {"command": "end", "arguments": {}}}] * 2)
    assert 'name="steps"' in ada.get("/console/rules/vip").text
    assert ada.post("/console/rules/vip", {"steps": "no JSON"}).status_code == 422
    assert ada.post("/console/rules/vip", {"steps": steps}).status_code == 303
    assert registry.rules.get("vip").steps[1]["then"]["command"] == "hold"


def test_only_admins_change_rules(app, people, registry):
    bob = Browser(app)
    bob.sign_in("operator")
    page = bob.get("/console/rules").text
    assert ("Long call warning" in page, 'role="switch"' in page, "New rule" in page) == (
        True,
        False,
        False,
    )
    for path in ("new", "vip", "long_calls", "long_calls/switch", "long_calls/remove"):
        assert bob.post(f"/console/rules/{path}", {**OWN, "enabled": "yes"}).status_code == 403
    assert bob.get("/console/rules/new").status_code == 403
    assert registry.rules.all() == []


def test_what_cannot_be_undone_is_asked_first_where_no_script_asks(ada, registry):
    ada.post("/console/rules/new", {**OWN, "then.arguments.text": "Hello"})
    question = re.search(r'name="ask-first" value="([^"]+)"', ada.get("/console/rules").text)[1]
    asked = ada.post("/console/rules/vip/remove", {"ask-first": question, "kept": "as <it> was"})
    assert (asked.status_code, words(asked.text).count(f"{question} Yes Cancel")) == (200, 1)
    assert 'action="/console/rules/vip/remove"' in asked.text
    assert 'name="kept" value="as &lt;it&gt; was"' in asked.text
    assert 'name="ask-first"' not in asked.text
    assert registry.rules.get("vip")
    assert ada.post("/console/rules/vip/remove").status_code == 303
    assert registry.rules.get("vip") is None
