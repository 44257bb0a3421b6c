"""People and tokens share one space of names, without regard to case, and leave some names to the audit trail."""

from __future__ import annotations

import threading

import pytest

from tests.support.clients import TESTER
from voice.errors import Malformed
from voice.operators.sign_in_links import first_sign_in_link
from voice.registry import Registry


@pytest.mark.parametrize(
    "name",
    [
        "ADMIN_TOKEN", "admin_token", "Worker", "twilio", "twilio.answer", "registry", "visitor", "make  run",
        "rule:long_calls", "cli:root", "\uff54wilio",
    ],
)  # fmt: skip
def test_a_token_or_person_with_a_reserved_name_is_refused(registry, name):
    for add in (registry.tokens.create, registry.operators.add):
        with pytest.raises(Malformed):
            add(name, "admin", TESTER)
    assert registry.audit.head()[0] == 0


@pytest.mark.parametrize("other", ["root2", "Root2", "ROOT2", "\uff32oot2"])
def test_names_are_unique_among_people_and_tokens_without_regard_to_case(registry, other):
    registry.operators.add("root2", "viewer", TESTER)
    for add in (registry.tokens.create, registry.operators.add):
        with pytest.raises(Malformed):
            add(other, "admin", TESTER)
    registry.tokens.create("Nightly", "viewer", TESTER)
    for add in (registry.tokens.create, registry.operators.add):
        with pytest.raises(Malformed, match="already"):
            add("nightly", "admin", TESTER)


def test_a_name_stays_taken_after_it_is_revoked(registry):
    registry.tokens.create("ada", "viewer", TESTER)
    registry.tokens.revoke("ada", TESTER)
    with pytest.raises(Malformed, match="already"):
        registry.operators.add("Ada", "viewer", TESTER)


def test_a_name_that_two_workers_want_at_once_goes_to_one(database_url):
    registries, done = [Registry(database_url) for _ in range(4)], []
    together = threading.Barrier(len(registries))

    def add(registry: Registry, name: str) -> None:
        together.wait()
        try:
            registry.tokens.create(name, "viewer", TESTER)
            done.append(name)
        except Malformed:
            pass

    threads = [
        threading.Thread(target=add, args=pair)
        for pair in zip(registries, ("ada", "Ada", "ADA", "aDa"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert [token.name for token in registries[0].tokens.all()] == done
    for registry in registries:
        registry.close()


def test_the_first_admin_gets_another_name_if_a_token_is_named_admin(services, registry):
    registry.tokens.create("admin", "viewer", TESTER)
    assert "/console/sign-in/" in first_sign_in_link(services.config, registry, TESTER)
    assert [one.name for one in registry.operators.all()] == ["first-admin"]
