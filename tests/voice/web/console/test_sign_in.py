"""Sign-in to the console: passwords, links, limits against guessing, and the end of sessions."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import update

from tests.support.clients import TESTER
from tests.support.console_visitor import PASSWORD, Browser
from voice.errors import Malformed, NotFound
from voice.events import now
from voice.operators.sign_in import Visitor
from voice.operators.sign_in_links import first_sign_in_link, sign_in_link
from voice.registry import Registry
from voice.registry.schema.sessions import sessions


def test_a_page_without_a_session_redirects_to_the_sign_in_form(app, people):
    browser = Browser(app)
    answer = browser.get("/console/account?tab=1")
    assert (answer.status_code, answer.location) == (303, "/console/sign-in?next=/console/account?tab%3D1")
    assert 'value="/console/account?tab=1"' in browser.get(answer.location).text
    answer = browser.sign_in("admin")
    assert (answer.status_code, answer.location) == (303, "/console/")
    assert browser.is_signed_in()


@pytest.mark.parametrize(
    "wanted_page",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/admin/docs", "/console/\\x", ""],
)
def test_sign_in_leads_only_to_pages_of_the_console(app, people, wanted_page):
    sent = {"name": "admin", "password": PASSWORD, "next": wanted_page}
    answer = Browser(app).post("/console/sign-in", sent)
    assert answer.location == "/console/"


def test_the_error_does_not_show_which_names_exist(app, people):
    people.disable("viewer", TESTER)
    attempts = [
        ("admin", "wrong"),
        ("unknown", PASSWORD),
        ("viewer", PASSWORD),
        ("a\nb", PASSWORD),
        ("x" * 200, ""),
    ]
    answers = [Browser(app, f"10.0.0.{number}").sign_in(*attempt) for number, attempt in enumerate(attempts)]
    assert {answer.status_code for answer in answers} == {401}
    assert all("name or the password is wrong" in answer.text for answer in answers)


def test_an_unknown_name_costs_one_hash_as_well(people, app, monkeypatch):
    """The test counts the slow calls instead of measuring time."""
    from voice.operators import passwords

    checked = []
    verify, hashed = passwords._HASHER.verify, passwords._HASHER.hash
    monkeypatch.setattr(
        passwords, "_HASHER", type("Hasher", (), {
            "verify": lambda _self, known, password: checked.append(known) or verify(known, password),
            "hash": lambda _self, password: hashed(password),
        })(),
    )  # fmt: skip
    for name in ("admin", "unknown"):
        Browser(app).sign_in(name, "wrong password")
    assert len(checked) == 2
    parameters = {known.rpartition("$")[0].rpartition("$")[0] for known in checked}
    assert len(parameters) == 1


def test_the_cookie_is_bound_to_this_host(app, people):
    browser = Browser(app)
    browser.get("/console/sign-in")
    answer = browser.sign_in("admin")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-midcall="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_the_mark_of_a_device_is_readable_by_this_host_only(app, people):
    answer = Browser(app).sign_in("admin")
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if "-device=" in line]
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-midcall-device=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=31536000"} <= set(attributes)
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("public_url", "name", "path", "secure"),
    [
        ("http://127.0.0.1:8000", "midcall", "/", False),
        ("http://127.0.0.1:8000/calls", "midcall-calls", "/calls/", False),
        ("https://example.com/a/b", "__Host-midcall-a-b", "/", True),
    ],
)
def test_the_cookie_follows_the_public_url(public_url, name, path, secure):
    from voice.web.sessions import cookie_settings

    found = cookie_settings(public_url)
    assert (found["SESSION_COOKIE_NAME"], found["SESSION_COOKIE_PATH"]) == (name, path)
    assert found["SESSION_COOKIE_SECURE"] is secure


def test_signing_in_replaces_the_session(app, people):
    victim = Browser(app)
    victim.get("/console/sign-in")
    planted, token = victim.cookie(), victim.token()
    victim.sign_in("admin")
    assert victim.cookie() != planted
    assert not Browser(app).use_cookie(planted).is_signed_in()
    assert victim.post("/console/sign-out", token=token).status_code == 403


def test_sign_out_ends_the_session_for_copies_of_its_cookie(app, admin_browser):
    stolen = admin_browser.cookie()
    assert Browser(app).use_cookie(stolen).is_signed_in()
    assert admin_browser.post("/console/sign-out").location == "/console/sign-in"
    assert not admin_browser.is_signed_in()
    assert not Browser(app).use_cookie(stolen).is_signed_in()


def test_sign_out_everywhere_ends_all_sessions(app, admin_browser):
    other = Browser(app)
    other.sign_in("admin")
    admin_browser.post("/console/sign-out-everywhere")
    assert not other.is_signed_in()
    assert not admin_browser.is_signed_in()


def test_a_new_password_ends_all_other_sessions(app, admin_browser):
    other = Browser(app)
    other.sign_in("admin")
    new = {"old": PASSWORD, "new": "another battery", "again": "another battery"}
    assert admin_browser.post("/console/account/password", {**new, "old": "wrong"}).status_code == 422
    assert admin_browser.post("/console/account/password", {**new, "again": "x"}).status_code == 422
    assert (
        admin_browser.post("/console/account/password", {**new, "new": "short", "again": "short"}).status_code
        == 422
    )
    assert other.is_signed_in()
    assert admin_browser.post("/console/account/password", new).status_code == 303
    assert admin_browser.is_signed_in()
    assert not other.is_signed_in()
    assert Browser(app, "10.1.1.1").sign_in("admin").status_code == 401
    assert Browser(app, "10.1.1.2").sign_in("admin", "another battery").status_code == 303


@pytest.mark.parametrize("old", [{}, {"old": ""}, {"old": "   "}, {"old": "wrong"}, {"old": PASSWORD[:-1]}])
def test_a_password_is_not_changed_without_the_old_one(app, admin_browser, old):
    new = {"new": "another battery", "again": "another battery", **old}
    answer = admin_browser.post("/console/account/password", new)
    assert (answer.status_code, "current password is wrong" in answer.text) == (422, True)
    assert Browser(app, "10.1.1.1").sign_in("admin").status_code == 303


@pytest.mark.parametrize(
    ("created", "seen", "is_valid"),
    [(23.9, 7.9, True), (23.9, 8.1, False), (24.1, 0.1, False), (-1, -1, True)],  # hours ago
)
def test_sessions_expire_after_a_day_or_after_eight_idle_hours(
    admin_browser, registry, created, seen, is_valid
):
    times = {"created_at": now() - timedelta(hours=created), "seen_at": now() - timedelta(hours=seen)}
    registry.database.write(lambda connection: connection.execute(update(sessions).values(**times)))
    assert admin_browser.is_signed_in() is is_valid


def test_requests_keep_a_session_alive_and_the_event_stream_does_not(admin_browser, registry):
    def seen():
        return registry.sessions.of_operator("admin", timedelta(days=1), timedelta(days=1))[0].seen_at

    old = now() - timedelta(hours=2)
    registry.database.write(lambda connection: connection.execute(update(sessions).values(seen_at=old)))
    admin_browser.get("/admin/events?after=x")
    assert seen() == old
    admin_browser.get("/admin/calls")
    assert seen() > old + timedelta(hours=1)


def test_a_new_role_or_a_disabled_account_applies_at_once(admin_browser, people):
    assert admin_browser.get("/admin/calls").status_code == 200
    people.set_role("admin", "viewer", TESTER)
    assert admin_browser.post("/admin/calls/x/end").json["error"]["code"] == "not_allowed"
    people.disable("admin", TESTER)
    assert not admin_browser.is_signed_in()
    people.enable("admin", TESTER)
    with pytest.raises(NotFound):
        people.set_role("unknown", "admin", TESTER)


def test_secrets_are_stored_as_hashes(admin_browser, registry):
    with admin_browser.app.test_request_context():
        secret = admin_browser.app.session_interface.get_signing_serializer(admin_browser.app).loads(
            admin_browser.cookie()
        )["_user_id"]
    link = registry.links.create("admin", TESTER)
    for table in ("sessions", "sign_in_links", "people"):
        rows = registry.database.read(
            lambda c, table=table: c.exec_driver_sql(f"SELECT * FROM {table}").all()
        )
        assert rows
        assert not [row for row in rows if {secret, link} & {*map(str, row)} or PASSWORD in str(row)]


@pytest.mark.parametrize("name", ["", "twilio", "ADMIN_TOKEN", "rule:x", "a b", "-a", "x" * 81, "a\n"])
def test_a_name_that_would_confuse_the_audit_trail_is_refused(registry, name):
    with pytest.raises(Malformed):
        registry.operators.add(name, "admin", TESTER)


# Links


def test_a_link_signs_in_once_and_opens_the_form_for_a_first_password(app, services, registry):
    link = first_sign_in_link(services.config, registry, TESTER).removeprefix("https://calls.example.com")
    browser = Browser(app)
    assert browser.client.head(link, base_url="https://calls.example.com").status_code == 204
    assert browser.get(link, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 204
    assert browser.get(link).location == "/console/account"
    assert browser.is_signed_in()
    again = Browser(app)
    assert again.get(link).status_code == 401
    assert not again.is_signed_in()
    new = {"new": "a first password", "again": "a first password"}
    assert browser.post("/console/account/password", new).status_code == 303
    assert again.sign_in("admin", "a first password").status_code == 303
    with pytest.raises(NotFound):
        sign_in_link(services.config, registry, "unknown", TESTER)


def test_the_link_of_another_person_asks_a_signed_in_browser_first(app, services, people, registry):
    browser = Browser(app)
    browser.sign_in("admin")
    link = sign_in_link(services.config, registry, "viewer", TESTER).removeprefix("https://calls.example.com")
    page = browser.get(link)
    assert (page.status_code, "signed in as admin. This link signs you in as viewer" in page.text) == (
        200,
        True,
    )
    assert 'class="who" href="/console/account"><span>admin</span>' in browser.get("/console/").text
    assert browser.post(link, token="forged").status_code == 403
    assert browser.post(link).status_code == 303
    assert 'class="who" href="/console/account"><span>viewer</span>' in browser.get("/console/").text
    assert browser.get(link).status_code == 401


def test_the_link_of_the_same_person_signs_in_at_once(app, services, people, registry):
    browser = Browser(app)
    browser.sign_in("admin")
    link = sign_in_link(services.config, registry, "admin", TESTER).removeprefix("https://calls.example.com")
    assert browser.get(link).status_code == 303


def test_a_link_expires_after_a_day_and_with_its_account(app, services, people, registry):
    link = sign_in_link(services.config, registry, "viewer", TESTER).removeprefix("https://calls.example.com")
    with freeze_time(now() + timedelta(hours=24, seconds=1)):
        assert Browser(app).get(link).status_code == 401
    link = sign_in_link(services.config, registry, "viewer", TESTER).removeprefix("https://calls.example.com")
    people.disable("viewer", TESTER)
    assert Browser(app).get(link).status_code == 401


def test_a_link_used_by_four_workers_at_once_signs_in_one(database_url, registry):
    registry.operators.add("ada", "admin", TESTER)
    link, found = registry.links.create("ada", TESTER), []
    registries = [Registry(database_url) for _ in range(4)]
    threads = [threading.Thread(target=lambda r=r: found.append(r.links.use(link))) for r in registries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in registries:
        one.close()
    assert sorted(filter(None, found)) == ["ada"]


# Guessing


def checked_attempts(answers) -> int:
    return sum(answer.status_code != 429 for answer in answers)


def test_guessing_from_one_address_is_limited_and_locks_no_other_address(app, people):
    guesses = [
        Browser(app).sign_in("admin", "guess", headers={"X-Forwarded-For": f"10.9.8.{number}"})
        for number in range(30)
    ]
    assert 1 <= checked_attempts(guesses) <= 5
    assert "Too many attempts" in guesses[-1].text
    assert Browser(app, "10.0.0.9").sign_in("admin").status_code == 303


def test_guesses_for_one_name_are_limited_across_addresses_and_workers(database_url, services, people):
    """Three workers at once, each with guesses from fifteen addresses."""
    registries = [Registry(database_url) for _ in range(3)]
    allowed = []

    def guess(registry, first):
        from voice.operators.sign_in import SignIn

        rules = SignIn(services.config, registry)
        rules.by_password = lambda name, address: rules._may_try(name, Visitor(address, ""))
        for number in range(15):
            if rules.by_password("admin", f"10.{first}.0.{number}"):
                allowed.append(number)

    threads = [threading.Thread(target=guess, args=[one, first]) for first, one in enumerate(registries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in registries:
        one.close()
    assert 4 <= len(allowed) <= 8


def test_a_known_browser_can_sign_in_during_an_attack(app, people):
    owner = Browser(app)
    owner.sign_in("admin")
    owner.post("/console/sign-out")
    for number in range(12):
        Browser(app, f"10.0.0.{number}").sign_in("admin", "guess")
    assert Browser(app, "10.0.1.1").sign_in("admin").status_code == 429
    assert owner.sign_in("admin").status_code == 303


def test_a_limit_ends_with_its_period_and_when_the_clock_is_set_back(registry):
    from voice.registry.throttle import RateLimit

    bound = {"key": RateLimit(2, 30)}
    with freeze_time("2026-01-01 12:00:00") as clock:
        assert [registry.throttle.allow(bound) for _ in range(3)] == [True, True, False]
        clock.tick(31)
        assert [registry.throttle.allow(bound) for _ in range(2)] == [True, False]
        clock.move_to("2026-01-01 11:00:00")
        assert registry.throttle.allow(bound)


def test_a_refused_attempt_does_not_count(registry):
    from voice.registry.throttle import RateLimit

    with freeze_time("2026-01-01"):
        assert registry.throttle.allow({"b": RateLimit(1, 60)})
        assert not registry.throttle.allow({"a": RateLimit(1, 60), "b": RateLimit(1, 60)})
        assert registry.throttle.allow({"a": RateLimit(1, 60)})
