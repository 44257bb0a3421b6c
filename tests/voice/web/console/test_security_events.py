"""Everything that gives, changes or takes access is in the audit trail: who did it, to which account, from where."""

from __future__ import annotations

import pytest

from tests.support.clients import PUBLIC_URL, TESTER
from tests.support.command_line import output_of
from tests.support.console_visitor import PASSWORD, Browser
from voice.operators.sign_in_links import sign_in_link
from voice.registry.audit_check import check_trail

HERE = "127.0.0.1"


def newest(registry, count=1):
    """The newest entries, oldest first: kind, actor, address and target."""
    entries = list(registry.audit.all())[-count:]
    return [(entry.kind, entry.actor, entry.address, entry.target) for entry in entries]


def details(registry):
    """The details of the newest entry."""
    return list(registry.audit.all())[-1].details


@pytest.fixture(autouse=True)
def whole_trail(registry):
    """Check the trail after each test."""
    yield
    check_trail(registry.audit, {})


def test_a_sign_in_is_noted_with_its_address(app, registry, people):
    Browser(app, "10.0.0.9").sign_in("admin", headers={"User-Agent": "Firefox"})
    assert newest(registry) == [("sign_in.succeeded", "admin", "10.0.0.9", "admin")]
    assert details(registry) == {"by": "password", "browser": "Firefox"}


def test_a_sign_in_by_link_is_noted_with_the_link(app, registry, services, people):
    link = sign_in_link(services.config, registry, "viewer", TESTER).removeprefix(PUBLIC_URL)
    assert newest(registry) == [("link.made", "tester", HERE, "viewer")]
    Browser(app).get(link)
    assert newest(registry) == [("sign_in.succeeded", "viewer", HERE, "viewer")]
    assert details(registry)["by"] == "link"
    Browser(app).get(link)
    assert newest(registry) == [("sign_in.failed", "visitor", HERE, None)]
    assert details(registry)["reason"] == "invalid link"


@pytest.mark.parametrize(
    ("name", "target", "reason"),
    [
        ("admin", "admin", "wrong password"),
        ("viewer", "viewer", "disabled"),
        ("new", "new", "no password yet"),
        ("my secret password", None, "no such account"),
    ],
)
def test_a_failed_sign_in_is_noted_without_the_name_of_an_unknown_account(
    app, registry, people, name, target, reason
):
    people.add("new", "viewer", TESTER)
    people.disable("viewer", TESTER)
    Browser(app).sign_in(name, "wrong")
    assert newest(registry) == [("sign_in.failed", "visitor", HERE, target)]
    assert details(registry)["reason"] == reason
    assert "secret" not in str(list(registry.audit.all())[-1])


def test_attempts_beyond_the_limit_add_one_entry_a_minute(app, registry, people):
    for _ in range(12):
        Browser(app).sign_in("admin", "guess")
    kinds = [entry.kind for entry in registry.audit.all()]
    assert 1 <= kinds.count("sign_in.failed") <= 5
    assert kinds.count("sign_in.limited") == 1


def test_the_end_of_sessions_is_noted(registry, admin_browser):
    admin_browser.post("/console/sign-out")
    assert newest(registry) == [("session.ended", "admin", HERE, "admin")]
    assert details(registry) == {"sessions": "one"}
    admin_browser.sign_in("admin")
    admin_browser.post("/console/sign-out-everywhere")
    assert (newest(registry)[0][0], details(registry)) == ("session.ended", {"sessions": "all"})


def test_a_new_password_is_noted(registry, admin_browser):
    new = {"old": PASSWORD, "new": "another battery", "again": "another battery"}
    admin_browser.post("/console/account/password", {**new, "old": "wrong"})
    assert newest(registry) == [("identity.refused", "admin", HERE, "admin")]
    admin_browser.post("/console/account/password", new)
    assert newest(registry) == [("password.set", "admin", HERE, "admin")]


def test_changes_of_people_and_tokens_in_the_console_are_noted(registry, admin_browser):
    for path, form, kind, target in (
        ("/console/people", {"name": "carol", "role": "operator"}, "link.made", "carol"),
        ("/console/people/carol/role", {"role": "admin"}, "person.role_changed", "carol"),
        ("/console/people/carol/link", {}, "link.made", "carol"),
        ("/console/people/carol/disable", {}, "person.disabled", "carol"),
        ("/console/people/carol/enable", {}, "person.enabled", "carol"),
        ("/console/tokens", {"name": "nightly", "role": "viewer"}, "token.made", "nightly"),
        ("/console/tokens/nightly/revoke", {}, "token.revoked", "nightly"),
    ):
        admin_browser.post(path, form)
        assert newest(registry) == [(kind, "admin", HERE, target)], path
    added = [entry for entry in registry.audit.all() if entry.target == "carol"]
    assert (added[0].kind, added[0].details) == ("person.added", {"role": "operator"})
    assert added[2].details == {"role": "admin", "previous": "operator"}


def test_a_refused_change_leaves_no_entry(registry, admin_browser):
    before = registry.audit.head()
    admin_browser.post("/console/people", {"name": "admin", "role": "viewer"})
    admin_browser.post("/console/people/nobody/role", {"role": "viewer"})
    admin_browser.post("/console/people/nobody/disable")
    admin_browser.post("/console/tokens/nothing/revoke")
    assert registry.audit.head() == before


def test_the_settings_of_rules_are_noted(registry, admin, admin_browser):
    admin_browser.post("/console/rules/cost_ceiling/switch", {"enabled": "yes"})
    assert newest(registry) == [("rule.made", "admin", HERE, "cost_ceiling")]
    admin.patch("/rules/cost_ceiling", {"params": {"minutes": 7}})
    assert newest(registry) == [("rule.changed", "ADMIN_TOKEN", HERE, "cost_ceiling")]
    assert details(registry)["params"]["minutes"] == 7
    admin.delete("/rules/cost_ceiling")
    assert newest(registry) == [("rule.removed", "ADMIN_TOKEN", HERE, "cost_ceiling")]


def test_the_command_line_notes_the_user_of_the_shell_and_the_host(app, registry):
    output_of(app, "operators", "add", "carol")
    for entry in registry.audit.all():
        assert (entry.actor[:4], bool(entry.address), entry.target) == ("cli:", True, "carol")
    assert [entry.kind for entry in registry.audit.all()] == ["person.added", "link.made"]
    output_of(app, "operators", "sign-out", "carol")
    assert [entry[0] for entry in newest(registry)] == ["session.ended"]


def test_webhooks_write_nothing_to_the_trail(registry, twilio):
    call_sid = twilio.calls()
    twilio.scene(call_sid, "menu")
    twilio.status(call_sid, "completed")
    assert registry.audit.head()[0] == 0


def test_a_password_change_and_sign_out_everywhere_revoke_unused_links(app, registry, services, people):
    def link() -> str:
        return sign_in_link(services.config, registry, "admin", TESTER).removeprefix(PUBLIC_URL)

    def is_open(address: str) -> bool:
        return Browser(app).get(address).status_code == 303

    browser, other = Browser(app), link()
    browser.sign_in("admin")
    new = {"old": PASSWORD, "new": "another battery", "again": "another battery"}
    assert browser.post("/console/account/password", new).status_code == 303
    assert not is_open(other)
    other = link()
    browser.post("/console/sign-out-everywhere")
    assert not is_open(other)
    other = link()
    output_of(app, "operators", "sign-out", "admin")
    assert not is_open(other)
    other = link()
    people.disable("admin", TESTER)
    people.enable("admin", TESTER)
    assert not is_open(other)
    assert is_open(link())
