"""Bulk runs: exactly the previewed calls are changed, once, and the report lists each call."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time

from tests.support.clients import TESTER, Operator, Twilio, settings
from tests.support.twilio_calls import TwilioCalls, twilio_calls
from voice import create_app
from voice.bulk import tokens
from voice.bulk.attempt import RETRY_SECONDS, Attempts
from voice.bulk.rate import RequestRate
from voice.bulk.worker import BulkWorker
from voice.control.abandoned import NEVER_SENT
from voice.events import now
from voice.registry import BulkClaims
from voice.registry.bulk_claims import LEASE_SECONDS
from voice.registry.command_claims import LEASE_SECONDS as COMMAND_LEASE
from voice.registry.command_states import NO_ANSWER
from voice.services import Services
from voice.worker.duties.old_previews import OldPreviewsDuty

NOTHING = {"done": 0, "refused": 0, "already_ended": 0, "unconfirmed": 0, "cancelled": 0, "left": 0}


@pytest.fixture
def account() -> Iterator[tuple[TwilioCalls, str]]:
    """Twilio's Calls resource over HTTP, and its URL."""
    with twilio_calls() as account:
        yield account


@pytest.fixture
def app(database_url, account, tmp_path) -> Iterator[Flask]:
    """The app with that account."""
    configured = settings(
        DATABASE_URL=database_url,
        SPOOL_DIR=str(tmp_path / "spool"),
        TWILIO_API_URL=account[1],
        BULK_AT_ONCE="4",
    )
    app = create_app(configured, dotenv=None)
    yield app
    app.extensions["midcall"].close()


@pytest.fixture
def at_twilio(account) -> TwilioCalls:
    return account[0]


def live_calls(twilio: Twilio, count: int) -> list[str]:
    """CallSids of new calls in progress."""
    found = [twilio.calls() for _ in range(count)]
    for call_sid in found:
        twilio.status(call_sid, "in-progress")
    return found


def previewed(admin: Operator, command: str = "end", select: Any = None, **arguments: Any) -> dict[str, Any]:
    body = {"command": command, "arguments": arguments, "select": select or {}}
    answer = admin.post("/bulk/preview", body)
    assert answer.status_code == 200, answer.text
    return answer.json


def started(admin: Operator, *given: Any, **named: Any) -> dict[str, Any]:
    answer = admin.post("/bulk", {"token": previewed(admin, *given, **named)["token"]})
    assert answer.status_code == 201, answer.text
    return answer.json["run"]


def shown(admin: Operator, run: dict[str, Any]) -> dict[str, Any]:
    return admin.get(f"/bulk/{run['id']}").json["run"]


def report(admin: Operator, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["call_sid"]: row for row in admin.get(f"/bulk/{run['id']}/report").json["calls"]}


# The preview


def test_a_preview_counts_queued_and_ringing_calls_but_no_ended_calls(twilio, admin):
    running = live_calls(twilio, 2)
    ringing = twilio.calls()
    queued = twilio.calls()
    twilio.status(ended := twilio.calls(), "completed")
    preview = previewed(admin)
    assert preview["count"] == 4
    assert {call["call_sid"] for call in preview["calls"]} == {*running, ringing, queued}
    assert ended not in {call["call_sid"] for call in preview["calls"]}


def test_a_preview_takes_the_filters_of_the_call_list(twilio, admin):
    twilio.calls(From="+14155550001")
    wanted = twilio.calls(From="+14155550002")
    preview = previewed(admin, select={"from": "+14155550002", "status": ["ringing"]})
    assert [call["call_sid"] for call in preview["calls"]] == [wanted]


def test_a_preview_lists_the_calls_that_would_be_disconnected(twilio, admin):
    parent, child = live_calls(twilio, 1)[0], "CA" + "c" * 32
    twilio.status(child, "in-progress", ParentCallSid=parent, Direction="outbound-dial")
    preview = previewed(admin, "redirect", {"call_sids": [parent]}, scene="goodbye")
    ((dropped),) = preview["would_drop"]
    assert (dropped["call_sid"], [call["call_sid"] for call in dropped["drops"]]) == (parent, [child])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"command": "dial", "select": {}}, "command"),
        ({"command": "nothing", "select": {}}, "command"),
        ({"command": "end"}, "select"),
        ({"command": "end", "select": {"status": ["completed"]}}, "select.status"),
        ({"command": "end", "select": {"call_sids": ["CAx"]}}, "select.call_sids.0"),
        ({"command": "end", "select": {"call_sids": ["CA" + "1" * 32], "to": "+1"}}, "select"),
        ({"command": "end", "select": {"form": "+1"}}, "select.form"),
        ({"command": "redirect", "arguments": {"scene": "nowhere"}, "select": {}}, "scene"),
    ],
)
def test_an_invalid_preview_is_refused_with_its_field(admin, body, field):
    answer = admin.post("/bulk/preview", body)
    assert answer.status_code == 422, answer.text
    assert field in [wrong["field"] for wrong in answer.json["error"]["fields"]]


# The token


def test_an_invalid_token_is_refused(admin):
    answer = admin.post("/bulk", {"token": "nonsense"})
    assert (answer.status_code, answer.json["error"]["fields"][0]["field"]) == (422, "token")


def test_an_expired_preview_is_not_run(twilio, admin):
    live_calls(twilio, 1)
    with freeze_time(now() - timedelta(minutes=11)):
        token = previewed(admin)["token"]
    answer = admin.post("/bulk", {"token": token})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "preview_expired")


def test_the_same_token_starts_the_run_once(services, twilio, admin, at_twilio):
    live_calls(twilio, 3)
    token = previewed(admin)["token"]
    runs = [admin.post("/bulk", {"token": token}).json["run"] for _ in range(2)]
    BulkWorker(services).run_due()
    again = admin.post("/bulk", {"token": token}).json["run"]
    assert {run["id"] for run in runs} == {again["id"]}
    BulkWorker(services).run_due()
    assert len(at_twilio.requested) == 3


def test_viewers_cannot_preview_start_or_cancel(app, services, twilio, admin):
    live_calls(twilio, 1)
    run = started(admin)
    viewer = Operator(app.test_client(), services.registry.tokens.create("vera", "viewer", TESTER))
    assert viewer.post("/bulk/preview", {"command": "end", "select": {}}).status_code == 403
    assert viewer.post("/bulk", {"token": previewed(admin)["token"]}).status_code == 403
    assert viewer.post(f"/bulk/{run['id']}/cancel").status_code == 403
    assert shown(viewer, run)["state"] == "queued"


# The run


def test_a_run_changes_the_previewed_calls_and_reports_new_ones(services, twilio, admin, at_twilio):
    old = live_calls(twilio, 5)
    token = previewed(admin)["token"]
    (new,) = live_calls(twilio, 1)
    run = admin.post("/bulk", {"token": token}).json["run"]
    assert run["new_since_preview"] == {"count": 1, "call_sids": [new]}
    assert (run["state"], run["progress"]["left"]) == ("queued", 5)
    BulkWorker(services).run_due()
    assert sorted(call_sid for call_sid, _ in at_twilio.requested) == sorted(old)
    run = shown(admin, run)
    assert (run["state"], run["progress"]["done"], run["progress"]["left"]) == ("done", 5, 0)
    assert run["new_since_preview"]["call_sids"] == [new]


def test_each_call_gets_a_command_with_its_events(services, twilio, admin):
    (call_sid,) = live_calls(twilio, 1)
    run = started(admin, "redirect", None, scene="goodbye")
    BulkWorker(services).run_due()
    story = admin.get(f"/calls/{call_sid}").json
    (command,) = story["commands"]
    assert (command["command"], command["operator"], command["state"]) == (
        "redirect",
        "ADMIN_TOKEN",
        "accepted",
    )
    kinds = [event["kind"] for event in story["events"] if event["command_id"] == command["id"]]
    assert kinds == ["command.requested", "command.accepted"]
    assert report(admin, run)[call_sid]["command_id"] == command["id"]
    key = f"bulk:{run['id']}:{call_sid}"
    assert services.registry.commands.with_idempotency_key("ADMIN_TOKEN", key).id == command["id"]


def test_events_report_the_progress(services, twilio, admin, registry):
    live_calls(twilio, 3)
    run = started(admin)
    BulkWorker(services).run_due()
    events = [event for event in registry.events.after(0) if event.kind.startswith("bulk.")]
    assert [events[0].kind, events[-1].kind] == ["bulk.queued", "bulk.done"]
    assert "bulk.progress" in [event.kind for event in events]
    assert {event.details["run"] for event in events} == {run["id"]}


def test_calls_that_ended_before_a_redirect_are_reported_as_ended(services, twilio, admin, at_twilio):
    known, unknown, live = live_calls(twilio, 3)
    run = started(admin, "redirect", None, scene="goodbye")
    twilio.status(known, "completed")
    at_twilio.ended.add(unknown)
    BulkWorker(services).run_due()
    rows = report(admin, run)
    assert {sid: rows[sid]["outcome"] for sid in rows} == {
        known: "already_ended",
        unknown: "already_ended",
        live: "done",
    }
    assert shown(admin, run)["progress"]["already_ended"] == 2


def test_calls_that_ended_before_an_end_are_reported_as_ended(services, twilio, admin, at_twilio):
    known, unknown = live_calls(twilio, 2)
    run = started(admin)
    twilio.status(known, "completed")
    at_twilio.ended.add(unknown)
    BulkWorker(services).run_due()
    assert [row["outcome"] for row in report(admin, run).values()] == ["already_ended", "already_ended"]


def test_a_preview_lists_unknown_calls(services, admin):
    unknown = "CA" + "9" * 32
    preview = previewed(admin, select={"call_sids": [unknown]})
    assert (preview["unknown"], preview["count"]) == ([unknown], 1)


def test_a_429_is_retried_and_no_call_is_lost(services, twilio, admin, at_twilio):
    live_calls(twilio, 6)
    at_twilio.busy = 9
    run = started(admin)
    BulkWorker(services).run_due()
    assert shown(admin, run)["progress"]["done"] == 6
    assert len(at_twilio.requested) == 6


def test_a_run_belongs_to_the_operator_who_started_it(app, services, twilio, admin):
    live_calls(twilio, 1)
    ann = Operator(app.test_client(), services.registry.tokens.create("ann", "operator", TESTER))
    run = ann.post("/bulk", {"token": previewed(admin)["token"]}).json["run"]
    assert run["operator"] == "ann"
    BulkWorker(services).run_due()
    (row,) = report(admin, run).values()
    assert services.registry.commands.get(row["command_id"]).operator == "ann"


def test_a_token_starts_no_run_whose_calls_or_command_were_changed(services, twilio, admin, at_twilio):
    live_calls(twilio, 2)
    for table, change in (
        (
            "bulk_items",
            "UPDATE bulk_items SET call_sid = 'CA00000000000000000000000000000000' WHERE position = 0",
        ),
        ("bulk_runs", "UPDATE bulk_runs SET command = 'hold'"),
    ):
        token = previewed(admin)["token"]
        services.registry.database.write(lambda connection, sql=change: connection.exec_driver_sql(sql))
        answer = admin.post("/bulk", {"token": token})
        assert (answer.status_code, answer.json["error"]["fields"][0]["field"]) == (422, "token"), table
    BulkWorker(services).run_due()
    assert at_twilio.requested == []


def test_a_cancel_leaves_claimed_calls_to_their_worker(services, twilio, admin):
    live_calls(twilio, 3)
    run = started(admin)
    BulkClaims(services.registry.database, "busy").save_and_claim([], run["id"], 1)
    answer = admin.post(f"/bulk/{run['id']}/cancel").json["run"]
    assert (answer["progress"]["cancelled"], answer["progress"]["left"]) == (2, 1)


def test_old_previews_are_deleted_and_runs_are_kept(services, twilio, admin):
    live_calls(twilio, 1)

    def previewed_run() -> str:
        return tokens.read(services.config, previewed(admin)["token"])[0]

    with freeze_time(now() - timedelta(minutes=21)):
        run, old = started(admin)["id"], previewed_run()
    with freeze_time(now() - timedelta(minutes=19)):
        young = previewed_run()
    OldPreviewsDuty(services, threading.Event()).run()
    bulk = services.registry.bulk
    assert [bulk.get(run_id) is not None for run_id in (run, old, young)] == [True, False, True]
    assert [len(bulk.call_sids(run_id)) for run_id in (run, old, young)] == [1, 0, 1]


def test_a_canceled_run_starts_no_pending_calls(services, twilio, admin, at_twilio):
    live_calls(twilio, 4)
    run = started(admin)
    answer = admin.post(f"/bulk/{run['id']}/cancel").json["run"]
    assert (answer["state"], answer["progress"]["cancelled"], answer["progress"]["left"]) == (
        "cancelled",
        4,
        0,
    )
    BulkWorker(services).run_due()
    assert at_twilio.requested == []
    assert admin.post(f"/bulk/{run['id']}/cancel").status_code == 409


def test_a_run_waits_for_its_start_time(services, twilio, admin, at_twilio):
    live_calls(twilio, 1)
    answer = admin.post("/bulk", {"token": previewed(admin)["token"], "after_seconds": 600})
    run = answer.json["run"]
    BulkWorker(services).run_due()
    assert (at_twilio.requested, shown(admin, run)["state"]) == ([], "queued")
    with freeze_time(now() + timedelta(seconds=601)):
        BulkWorker(services).run_due()
    assert len(at_twilio.requested) == 1


def test_two_workers_share_a_run(services, twilio, admin, at_twilio):
    calls = live_calls(twilio, 30)
    run = started(admin)

    def work() -> None:
        """Run what is due until the run has ended: a call that meets a busy database is put back for later."""
        worker = BulkWorker(services)
        while services.registry.bulk.get(run["id"]).state != "done":
            worker.run_due()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(call_sid for call_sid, _ in at_twilio.requested) == sorted(calls)
    assert shown(admin, run)["state"] == "done"


# A worker that died


def claimed_by_dead_worker(services: Services, run: dict[str, Any]) -> None:
    """A worker claims all calls and dies."""
    assert BulkClaims(services.registry.database, "dead").save_and_claim([], run["id"], 100)


def test_calls_that_a_dead_worker_had_not_started_are_run(services, twilio, admin, at_twilio):
    live_calls(twilio, 2)
    run = started(admin)
    claimed_by_dead_worker(services, run)
    BulkWorker(services).run_due()
    assert at_twilio.requested == []
    with freeze_time(now() + timedelta(seconds=LEASE_SECONDS + 1)):
        BulkWorker(services).run_due()
    assert len(at_twilio.requested) == 2
    assert shown(admin, run)["progress"]["done"] == 2


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("redirect", {"scene": "goodbye"}),
        ("twiml", {"twiml": "<Response><Say>Hello</Say></Response>"}),
        ("bring_in", {"to": "+14155550188"}),  # a phone may be ringing
        ("consult", {"to": "+14155550188"}),
    ],
)
def test_an_unanswered_command_of_a_dead_worker_is_not_sent_again(
    services, twilio, admin, at_twilio, command, arguments
):
    (call_sid,) = live_calls(twilio, 1)
    run = started(admin, command, None, **arguments)
    claimed_by_dead_worker(services, run)
    key = f"bulk:{run['id']}:{call_sid}"
    services.registry.commands.request(command, arguments, "ADMIN_TOKEN", call_sid, key, "")
    with freeze_time(now() + timedelta(seconds=COMMAND_LEASE + 1)):
        BulkWorker(services).run_due()
    (record,) = services.registry.commands.of_call(call_sid)
    assert (record.state, record.message, at_twilio.requested) == ("unconfirmed", NO_ANSWER, [])
    assert (shown(admin, run)["state"], report(admin, run)[call_sid]["state"]) == ("done", "unconfirmed")


def test_a_command_that_a_dead_worker_had_not_sent_runs_again(services, twilio, admin, at_twilio):
    """It waited for an earlier command of its call."""
    (call_sid,) = live_calls(twilio, 1)
    run = started(admin, "redirect", None, scene="goodbye")
    claimed_by_dead_worker(services, run)
    for key in (None, f"bulk:{run['id']}:{call_sid}"):
        services.registry.commands.request("redirect", {"scene": "goodbye"}, "ADMIN_TOKEN", call_sid, key, "")
    with freeze_time(now() + timedelta(seconds=COMMAND_LEASE + 1)):
        BulkWorker(services).run_due()
    states = [(one.state, one.message) for one in services.registry.commands.of_call(call_sid)]
    assert states[1:] == [("refused", NEVER_SENT), ("accepted", None)]
    assert len(at_twilio.requested) == 1
    assert shown(admin, run)["progress"]["done"] == 1


def test_a_command_that_another_worker_still_runs_is_waited_for(services, twilio, admin, at_twilio):
    (call_sid,) = live_calls(twilio, 1)
    run = started(admin, "redirect", None, scene="goodbye")
    claimed_by_dead_worker(services, run)
    key = f"bulk:{run['id']}:{call_sid}"
    request = services.registry.commands.request
    running = request("redirect", {"scene": "goodbye"}, "ADMIN_TOKEN", call_sid, key, "").record
    with freeze_time(now() + timedelta(seconds=LEASE_SECONDS + 1)) as clock:
        BulkWorker(services).run_due()
        assert shown(admin, run)["progress"]["left"] == 1
        services.registry.commands.settle(running, "accepted", final=False)
        clock.tick(RETRY_SECONDS + 1)
        BulkWorker(services).run_due()
    assert (shown(admin, run)["progress"]["done"], at_twilio.requested) == (1, [])


def test_a_worker_that_stalled_does_not_start_what_was_canceled_meanwhile(services, twilio, admin, at_twilio):
    live_calls(twilio, 2)
    run = started(admin)
    registry = services.registry
    stalled = BulkClaims(registry.database, "stalled").save_and_claim([], run["id"], 100)
    admin.post(f"/bulk/{run['id']}/cancel")
    with freeze_time(now() + timedelta(seconds=LEASE_SECONDS + 1)):
        BulkWorker(services).run_due()
        outcomes = [Attempts(services).run(registry.bulk.get(run["id"]), item, None) for item in stalled]
        BulkClaims(registry.database, "stalled").save_and_claim(outcomes, None, 0)
    assert at_twilio.requested == []
    assert shown(admin, run)["progress"] == {**NOTHING, "cancelled": 2}


# The operator of a run


@pytest.fixture
def ann(app: Flask, registry) -> Operator:
    """An operator with a token."""
    return Operator(app.test_client(), registry.tokens.create("ann", "operator", TESTER))


def test_a_run_of_a_revoked_token_is_canceled_and_says_so(services, registry, twilio, admin, ann, at_twilio):
    (call_sid,) = live_calls(twilio, 1)
    run = started(ann)
    registry.tokens.revoke("ann", TESTER)
    BulkWorker(services).run_due()
    assert at_twilio.requested == []
    assert shown(admin, run)["state"] == "cancelled"
    row = report(admin, run)[call_sid]
    assert (row["outcome"], row["message"]) == (
        "cancelled", "ann was disabled or revoked. Ask another operator to run this.",
    )  # fmt: skip
    canceled = [event for event in registry.events.after(0) if event.kind == "bulk.cancelled"]
    assert [(event.source, event.details["why"]) for event in canceled] == [("worker", row["message"])]


def test_the_runs_of_an_emergency_stop_go_on_when_its_operator_is_disabled(
    services, registry, twilio, ann, at_twilio
):
    live_calls(twilio, 2)
    ann.post("/commands/emergency_stop")
    registry.tokens.revoke("ann", TESTER)
    BulkWorker(services).run_due()
    assert len(at_twilio.requested) == 2


def test_a_command_that_a_dead_worker_had_finished_is_not_repeated(services, twilio, admin, at_twilio):
    (call_sid,) = live_calls(twilio, 1)
    run = started(admin, "redirect", None, scene="goodbye")
    claimed_by_dead_worker(services, run)
    requested = services.registry.commands.request(
        "redirect", {"scene": "goodbye"}, "ADMIN_TOKEN", call_sid, f"bulk:{run['id']}:{call_sid}", ""
    )
    twilio.scene(call_sid, f"goodbye?command={requested.record.id}")
    with freeze_time(now() + timedelta(seconds=LEASE_SECONDS + 1)):
        BulkWorker(services).run_due()
    assert at_twilio.requested == []
    assert report(admin, run)[call_sid]["state"] == "confirmed"


# The report


def test_the_csv_report_contains_no_formula(services, twilio, admin):
    call_sid = twilio.calls(From="=HYPERLINK(1)", To="+14155550100")
    run = started(admin)
    BulkWorker(services).run_due()
    answer = admin.get(f"/bulk/{run['id']}/report.csv")
    assert answer.mimetype == "text/csv"
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["call_sid"], row["from"], row["to"]) == (call_sid, "'=HYPERLINK(1)", "+14155550100")
    assert row["outcome"] == "done"


# The rate


class Refusal(Exception):
    status = 429


def test_the_limit_halves_at_a_429_and_grows_back():
    rate = RequestRate(8, 0)
    with pytest.raises(Refusal), rate:
        raise Refusal
    assert rate.limit == 4
    for _ in range(40):
        with rate:
            pass
    assert rate.limit == 8


def test_calls_per_second_are_limited():
    rate = RequestRate(8, 1.0)
    assert [rate.take(5), rate.take(5)] == [1, 0]
