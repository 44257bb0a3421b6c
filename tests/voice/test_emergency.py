"""The emergency stop: the calls it reaches, what new callers hear, and how it holds without a database."""

from __future__ import annotations

import fcntl
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time

from tests.support.clients import (
    ADMIN_TOKEN,
    NUMBER,
    PUBLIC_URL,
    TESTER,
    Operator,
    Twilio,
    form,
    new_call_sid,
    settings,
)
from tests.support.command_examples import example_arguments
from tests.support.command_line import output_of
from tests.support.fixtures import app_on
from tests.support.spooled_events import numbered_event
from voice import create_app
from voice.commands import all_commands
from voice.control.base import CallCommand
from voice.control.emergency_stop import stop_late_calls, stop_live_calls
from voice.errors import RegistryUnavailable
from voice.events import now
from voice.plans.due import DuePlans
from voice.registry import Registry
from voice.registry.command_states import StateChange
from voice.registry.emergency import CHECK_SECONDS, LEASE_SECONDS, emergency
from voice.scenes import Visit, all_scenes
from voice.scenes.emergency import SORRY
from voice.twiml import rings_phone

DIAL = {"to": "+4930111", "from": NUMBER, "scene": "menu"}


@pytest.fixture(autouse=True)
def worker(registry: Registry) -> None:
    """A worker is running."""
    registry.workers.beat("one", "a.example")


def stop(admin: Operator, **arguments: Any) -> dict[str, Any]:
    """Start the stop, and assert that it is active at once; the command as JSON."""
    answer = admin.post("/commands/emergency_stop", arguments)
    assert answer.status_code == 200, answer.text
    assert answer.json["state"] == "confirmed"
    return answer.json


def answer_to_new_caller(twilio, call_sid: str | None = None) -> str:
    """The TwiML that a new caller receives."""
    answer = twilio.post("/voice/incoming", form(call_sid or new_call_sid(), CallStatus="ringing"))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    return answer.text


def reached(registry: Registry) -> dict[str, set[str]]:
    """The calls of the bulk runs of the stop, by command."""
    runs = [registry.bulk.get(run_id) for run_id in registry.emergency.run_ids()]
    return {run.command: set(registry.bulk.call_sids(run.id)) for run in runs}


def test_a_stop_ends_all_live_calls(admin, twilio, registry):
    live, ringing, over = twilio.calls(), new_call_sid(), twilio.calls()
    twilio.status(ringing, "ringing", Direction="outbound-api")
    twilio.status(over, "completed")
    command = stop(admin)
    assert command["message"] == "New calls are stopped. Ending 2 live calls."
    assert (command["call_sid"], command["arguments"]) == (None, {})
    assert reached(registry) == {"end": {live, ringing}}
    shown = admin.get("/emergency").json
    assert shown["emergency"]["started_by"] == "ADMIN_TOKEN"
    assert [(run["command"], run["count"], run["state"]) for run in shown["runs"]] == [("end", 2, "queued")]
    kinds = [event.kind for event in registry.events.after(0)]
    assert "emergency.stopped" in kinds


def test_a_stop_with_a_message_redirects_answered_callers_and_ends_the_other_calls(admin, twilio, registry):
    caller, ringing, leg = twilio.calls(), new_call_sid(), new_call_sid()
    twilio.status(ringing, "ringing", Direction="outbound-api")
    twilio.status(leg, "in-progress", Direction="outbound-dial", ParentCallSid=caller)
    stop(admin, message="The building is on fire.")
    assert reached(registry) == {"redirect": {caller}, "end": {ringing, leg}}
    (redirect,) = [
        run for run in map(registry.bulk.get, registry.emergency.run_ids()) if run.command == "redirect"
    ]
    assert redirect.arguments == {
        "scene": "emergency", "params": {"message": "The building is on fire."}, "even_if_dropping": True,
    }  # fmt: skip


def test_new_callers_hear_the_message_during_a_stop(admin, twilio):
    assert "<Hangup" not in answer_to_new_caller(twilio)
    stop(admin)
    assert answer_to_new_caller(twilio).endswith(f"<Say>{SORRY}</Say><Hangup /></Response>")
    stop(admin, message="We moved & closed.")
    call_sid = new_call_sid()
    assert "<Say>We moved &amp; closed.</Say><Hangup />" in answer_to_new_caller(twilio, call_sid)
    assert admin.get(f"/calls/{call_sid}").json["call"]["scene"] == "emergency"
    assert admin.post("/commands/emergency_lift").json["state"] == "confirmed"
    assert "<Hangup" not in answer_to_new_caller(twilio)


def test_no_number_is_dialed_during_a_stop(admin, services):
    planned = admin.post("/calls", {**DIAL, "after_seconds": 0}).json["plan"]
    stop(admin)
    for path in ("/calls", "/commands/dial"):
        answer = admin.post(path, DIAL)
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "emergency_stop")
        assert "ADMIN_TOKEN" in answer.json["error"]["message"]
    DuePlans(services).run()
    assert admin.get(f"/plans/{planned['id']}").json["plan"]["state"] == "refused"
    admin.post("/commands/emergency_lift")
    assert admin.post("/calls", DIAL).status_code == 502  # no server listens at Twilio's address


def run(admin: Operator, name: str, arguments: dict[str, Any], call_sid: str) -> tuple[int, dict[str, Any]]:
    """Run a command of either kind; the status and the error of the answer."""
    kind = all_commands()[name]
    path = f"/calls/{call_sid}/{name}" if issubclass(kind, CallCommand) else f"/commands/{name}"
    answer = admin.post(path, arguments)
    return answer.status_code, answer.json.get("error", {})


def test_no_command_rings_a_phone_during_a_stop(admin, twilio, registry):
    ringing = {name: kind for name, kind in all_commands().items() if kind.dials_out}
    assert {"dial", "transfer", "take", "take_next", "consult", "bring_in", "monitor"} <= set(ringing)
    call_sid = twilio.calls()
    twilio.status(call_sid, "in-progress")
    stop(admin)
    for name, kind in ringing.items():
        status, error = run(admin, name, example_arguments(kind), call_sid)
        assert (status, error["code"]) == (409, "emergency_stop"), name
        assert error["message"].startswith(f"“{kind.title}” (`{name}`) rings a phone. ADMIN_TOKEN"), name
    refused = registry.commands.of_call(call_sid)
    assert {one.command for one in refused} == {name for name in ringing if name not in ("dial", "take_next")}
    assert {one.state for one in refused} == {"refused"}
    admin.post("/commands/emergency_lift")
    for name, kind in ringing.items():
        assert run(admin, name, example_arguments(kind), call_sid)[1].get("code") != "emergency_stop", name


DIAL_TWIML = "<Response><Dial>{}</Dial></Response>"
ELSEWHERE = "https://flows.example.com/next"
WHERE_A_PHONE_RINGS = [
    ("redirect", {"scene": "transfer"}, "The scene “Transfer” rings a phone."),
    ("redirect", {"url": f"{PUBLIC_URL}/voice/scenes/transfer?to=%2B14155550188"}, "The scene “Transfer” rings"),
    ("redirect", {"url": ELSEWHERE}, f"cannot see whether the document at {ELSEWHERE} rings a phone."),
    ("redirect", {"url": f"{PUBLIC_URL}/voice/incoming", "fallback_url": ELSEWHERE}, "cannot see"),
    ("twiml", {"twiml": DIAL_TWIML.format("+14155550188")}, "This TwiML rings a phone."),
    ("twiml", {"twiml": DIAL_TWIML.format("<Sip>sip:ada@pbx.example.com</Sip>")}, "This TwiML rings a phone."),
    ("twiml", {"twiml": "<Response><Redirect>/voice/scenes/transfer</Redirect></Response>"}, "The scene “Transfer”"),
    ("twiml", {"twiml": f"<Response><Gather action='{ELSEWHERE}'/></Response>"}, "cannot see"),
]  # fmt: skip
WHERE_NONE_RINGS = [
    ("redirect", {"scene": "menu"}),
    ("redirect", {"url": f"{PUBLIC_URL}/voice/incoming"}),
    ("twiml", {"twiml": DIAL_TWIML.format("<Conference>sales</Conference>")}),
    ("twiml", {"twiml": "<Response><Say>Bye</Say><Redirect>/voice/scenes/menu</Redirect></Response>"}),
    ("monitor", {"supervisor": "CA" + "5" * 32}),
    ("hold", {}),
]


def test_a_document_that_rings_a_phone_is_refused_during_a_stop(sqlite_url, tmp_path):
    with app_on(sqlite_url, tmp_path / "spool", ALLOWED_REDIRECT_HOSTS="flows.example.com") as app:
        admin, twilio = Operator(app.test_client(), ADMIN_TOKEN), Twilio(app.test_client(), PUBLIC_URL)
        app.extensions["midcall"].registry.workers.beat("one", "a.example")
        call_sid = twilio.calls()
        twilio.status(call_sid, "in-progress")
        stop(admin)
        for name, arguments, reason in WHERE_A_PHONE_RINGS:
            status, error = run(admin, name, arguments, call_sid)
            assert (status, error["code"], reason in error["message"]) == (409, "emergency_stop", True), error
        for name, arguments in WHERE_NONE_RINGS:
            assert run(admin, name, arguments, call_sid)[1].get("code") != "emergency_stop", arguments


def test_a_scene_that_rings_a_phone_says_so(services):
    ringing = set()
    for name, scene in all_scenes().items():
        required = dict.fromkeys(scene.entry().schema.get("required", []), "7")
        visit = Visit(services.config, digits="1", query={**required, "to": "+14155550188"})
        ringing |= {name} if rings_phone(scene.twiml(visit)) else set()
    assert "transfer" in ringing
    assert ringing == {name for name, scene in all_scenes().items() if scene.dials_out}


def test_a_caller_who_reaches_a_scene_that_rings_a_phone_hears_the_message(admin, twilio, registry):
    """A command that Twilio accepted just before the stop rang no phone, and does not look as if it had."""
    call_sid = twilio.calls()
    twilio.status(call_sid, "in-progress")
    assert "<Dial" in twilio.scene(call_sid, "transfer")
    requested = registry.commands.request(
        "transfer", {"to": "+14155550188"}, "ada", call_sid, None, "f"
    ).record
    registry.commands.change(requested.id, StateChange("accepted", final=False))
    stop(admin, message="Closed.")
    answer = twilio.scene(call_sid, f"transfer?command={requested.id}")
    assert "<Say>Closed.</Say><Hangup />" in answer
    settled = registry.commands.get(requested.id)
    assert (settled.state, "no phone rang" in settled.message) == ("unconfirmed", True)
    assert registry.calls.get(call_sid).scene == "emergency"
    assert "<Gather" in twilio.scene(call_sid, "menu")


def test_a_second_stop_reaches_the_live_calls_of_the_first(admin, twilio, registry):
    first = twilio.calls()
    stop(admin)
    admin.post("/commands/emergency_lift")
    second = twilio.calls()
    assert stop(admin)["message"].endswith("Ending 2 live calls.")
    assert reached(registry) == {"end": {first, second}}


def test_a_stop_with_a_new_message_reaches_all_live_calls_again(admin, twilio, registry):
    caller = twilio.calls()
    stop(admin)
    stop(admin, message="The building is on fire.")
    assert reached(registry) == {"redirect": {caller}}
    assert registry.emergency.current().message == "The building is on fire."


def test_calls_that_arrive_as_the_stop_starts_are_ended_later(admin, twilio, services, registry):
    stop(admin)
    late = new_call_sid()
    twilio.scene(late, "menu")
    answer_to_new_caller(twilio)
    stop_late_calls(services)
    assert reached(registry) == {}
    with freeze_time(now() + timedelta(seconds=3), ignore=["gevent"]):
        stop_late_calls(services)
        stop_late_calls(services)
    assert reached(registry) == {"end": {late}}
    with freeze_time(now() + timedelta(seconds=6), ignore=["gevent"]):
        stop_late_calls(services)
    assert len(registry.emergency.run_ids()) == 1


def test_a_worker_that_stalled_ends_no_call_that_another_one_ends(admin, twilio, services, registry):
    stop(admin)
    twilio.status(late := new_call_sid(), "in-progress")
    with freeze_time(now() + timedelta(seconds=CHECK_SECONDS + 1), ignore=["gevent"]):
        stalled = registry.emergency.claim_check()
        stop_late_calls(services)
        assert registry.emergency.run_ids() == []
    with freeze_time(now() + timedelta(seconds=LEASE_SECONDS + 4), ignore=["gevent"]):
        taken = registry.emergency.claim_check()
        stop_live_calls(services, stalled)
        assert registry.emergency.run_ids() == []
        stop_live_calls(services, taken)
    assert reached(registry) == {"end": {late}}


def test_the_claim_of_an_earlier_stop_does_not_hold_in_a_new_one(admin, twilio, services, registry):
    earlier = registry.emergency.start(None, "ann")
    registry.emergency.lift("ann")
    registry.emergency.start(None, "bob")
    twilio.status(new_call_sid(), "in-progress")
    stop_live_calls(services, earlier)
    assert registry.emergency.run_ids() == []


def test_lifting_a_stop_cancels_its_bulk_runs(admin, twilio, registry):
    twilio.calls()
    stop(admin)
    assert admin.post("/commands/emergency_lift").json["message"] is None
    (run_id,) = registry.emergency.run_ids()
    assert registry.bulk.get(run_id).state == "cancelled"
    assert admin.get("/emergency").json["emergency"] is None
    assert admin.post("/commands/emergency_lift").json["message"] == "There was no emergency stop."


def test_the_last_known_stop_holds_while_the_database_is_unavailable(admin, twilio, registry):
    """The database is unavailable for the stop when its table is dropped."""
    stop(admin)
    assert "<Hangup" in answer_to_new_caller(twilio)
    registry.database.write(emergency.drop)
    with pytest.raises(RegistryUnavailable):
        registry.emergency.current()
    assert "<Hangup" in answer_to_new_caller(twilio)


def test_the_last_known_stop_holds_while_events_wait_in_the_spool(admin, twilio, services):
    """Another process drains the spool, so it stays as it is. Webhooks then ask the database nothing."""
    stop(admin)
    assert "<Hangup" in answer_to_new_caller(twilio)
    folder = Path(services.config["SPOOL_DIR"])
    folder.mkdir(exist_ok=True)
    with (folder / "draining.lock").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        services.recorder.spool.append(*numbered_event(1))
        assert "<Hangup" in answer_to_new_caller(twilio)
        other_host = Registry(services.registry.database.url.render_as_string(hide_password=False))
        other_host.emergency.lift("ann")
        other_host.close()
        assert "<Hangup" in answer_to_new_caller(twilio)


def test_the_last_known_stop_survives_a_restart_while_the_database_is_locked(app: Flask, admin, registry):
    """Events wait in the spool, so webhooks do not ask the database."""
    stop(admin, message="Closed.")
    registry.database.write(emergency.drop)
    services = app.extensions["midcall"]
    services.recorder.spool.append(*numbered_event(1))
    given = settings(
        DATABASE_URL=registry.database.url.render_as_string(hide_password=False),
        SPOOL_DIR=str(services.config["SPOOL_DIR"]),
    )
    restarted = create_app(given, dotenv=None)
    assert "<Say>Closed.</Say><Hangup />" in answer_to_new_caller(Twilio(restarted.test_client(), PUBLIC_URL))
    restarted.extensions["midcall"].registry.close()


def test_every_process_of_a_host_knows_what_another_one_has_read(app: Flask, admin, registry):
    services = app.extensions["midcall"]
    other = Registry(
        registry.database.url.render_as_string(hide_password=False), services.config["SPOOL_DIR"]
    )
    stop(admin)
    assert other.emergency.last_known.started_by == "ADMIN_TOKEN"
    assert other.emergency.current() == registry.emergency.current()
    admin.post("/commands/emergency_lift")
    assert other.emergency.last_known is None
    other.close()


def test_a_stop_can_be_planned(admin, services, registry):
    answer = admin.post("/commands/emergency_stop", {"message": "Closed.", "after_seconds": 0})
    assert answer.status_code == 202
    DuePlans(services).run()
    assert registry.emergency.current().message == "Closed."


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 200)])
def test_operators_can_start_and_lift_a_stop_and_viewers_cannot(app: Flask, registry, role, status):
    user = Operator(app.test_client(), registry.tokens.create("ann", role, TESTER))
    for command in ("emergency_stop", "emergency_lift"):
        assert user.post(f"/commands/{command}").status_code == status


def test_the_command_line_starts_shows_and_lifts_a_stop(app: Flask, registry):
    assert output_of(app, "emergency", "show") == "No emergency stop is active.\n"
    assert "confirmed" in output_of(app, "emergency", "stop", "--message", "Closed.")
    assert re.fullmatch(
        r"Emergency stop since 20\S+Z by cli:\S+: Closed\.\n", output_of(app, "emergency", "show")
    )
    assert "confirmed" in output_of(app, "emergency", "lift")
    assert registry.emergency.current() is None
