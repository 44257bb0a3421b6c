"""The answer of a COMMIT is lost: PostgreSQL has committed, and the connection is broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.commit_link import CommitLink
from tests.support.fixtures import app_on
from tests.support.twilio_calls import TwilioCalls, twilio_calls
from voice.plans.due import DuePlans


@pytest.fixture
def at_twilio() -> Iterator[tuple[TwilioCalls, str]]:
    with twilio_calls() as account:
        yield account


@pytest.fixture
def link(postgresql_url: str) -> Iterator[CommitLink]:
    link = CommitLink(postgresql_url)
    yield link
    link.close()


@pytest.fixture
def app(link: CommitLink, at_twilio, tmp_path) -> Iterator[Flask]:
    with app_on(link.database_url, tmp_path / "spool", TWILIO_API_URL=at_twilio[1]) as app:
        yield app


@pytest.fixture
def call_sid(twilio) -> str:
    """A call in progress."""
    call_sid = twilio.calls()
    twilio.status(call_sid, "in-progress")
    return call_sid


@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "k"}])
@pytest.mark.parametrize("skipped", [0, 1])
def test_a_command_whose_commit_was_not_answered_is_recorded_and_executed_once(
    admin, services, call_sid, link, at_twilio, key, skipped
):
    """The first COMMIT records the request, the second one Twilio's answer."""
    link.skipped, link.losing = skipped, 1
    answer = admin.post(f"/calls/{call_sid}/redirect", {"scene": "menu"}, **key)
    assert (answer.status_code, answer.json["state"], link.losing) == (200, "accepted", 0)
    assert [one.id for one in services.registry.commands.of_call(call_sid)] == [answer.json["id"]]
    assert len(at_twilio[0].requested) == 1
    kinds = [event["kind"] for event in admin.get(f"/calls/{call_sid}").json["events"]]
    assert (kinds.count("command.requested"), kinds.count("command.accepted")) == (1, 1)


@pytest.mark.parametrize("skipped", range(4))
def test_a_plan_whose_commits_were_not_answered_runs_once(
    admin, services, call_sid, link, at_twilio, skipped
):
    """COMMITs record the claim, the command, Twilio's answer, and the outcome of the plan."""
    plan = admin.post(f"/calls/{call_sid}/redirect", {"scene": "menu", "after_seconds": 0}).json["plan"]
    link.skipped, link.losing = skipped, 1
    DuePlans(services).run()
    assert link.losing == 0
    plan = admin.get(f"/plans/{plan['id']}").json["plan"]
    (command,) = services.registry.commands.of_call(call_sid)
    assert (plan["state"], plan["command_id"], command.state) == ("run", command.id, "accepted")
    assert len(at_twilio[0].requested) == 1


def test_a_lost_commit_that_postgresql_never_received_is_repeated(admin, services, call_sid, link, at_twilio):
    """The link breaks before the COMMIT."""
    link.cut()
    link.restore()
    assert admin.post(f"/calls/{call_sid}/redirect", {"scene": "menu"}).json["state"] == "accepted"
    assert len(services.registry.commands.of_call(call_sid)) == len(at_twilio[0].requested) == 1
