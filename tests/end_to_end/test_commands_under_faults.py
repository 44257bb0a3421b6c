"""The outcome of a command when Twilio refuses, fails, hangs, lags behind, or receives two requests at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.slow
CALLS = {"method": "POST", "path": "/Calls/"}
SAY = "<Response><Say>{}</Say><Pause length='600'/></Response>"


def fault(stack, do, value=None, times=1, on="rest", match=CALLS):
    stack.twilio.faults([{"on": on, "match": match, "times": times, "do": do, "value": value}])


def count_heard(phone, text):
    """How often the caller has heard the text."""
    return sum(text in item.get("text", "") for item in phone.heard)


def test_a_429_is_repeated_and_executed_once(stack):
    phone = stack.dial()
    fault(stack, "status", 429, times=2)
    assert stack.admin.command(phone, "twiml", twiml=SAY.format("after the crowd"))["state"] == "accepted"
    phone.hears("after the crowd")
    assert count_heard(phone, "after the crowd") == 1


def test_a_500_after_the_end_was_executed_is_read_back_and_confirmed(stack):
    phone = stack.dial()
    fault(stack, "execute-then-status", 500)
    assert stack.admin.command(phone, "end")["state"] == "confirmed"


def test_a_500_without_effect_is_reported_and_not_repeated(stack):
    phone = stack.dial()
    fault(stack, "status", 500)
    answer = stack.admin.post(
        f"/calls/{phone.sid}/redirect", {"scene": "announcement", "params": {"text": "not twice"}}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "twilio_failed")
    assert answer.json()["command"]["state"] == "unconfirmed"
    phone.hangup()
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["finished_at"] is not None)
    assert story["commands"][0]["state"] == "unconfirmed"
    assert count_heard(phone, "not twice") == 0


def test_the_visit_confirms_a_redirect_that_was_executed_before_the_500(stack):
    phone = stack.dial()
    fault(stack, "execute-then-status", 503)
    stack.admin.post(
        f"/calls/{phone.sid}/redirect", {"scene": "announcement", "params": {"text": "only once"}}
    )
    phone.hears("only once")
    stack.admin.wait_for(phone, lambda story: story["commands"][0]["state"] == "confirmed")
    assert count_heard(phone, "only once") == 1


def test_a_timeout_is_unconfirmed_until_the_worker_has_read_the_call(stack):
    phone = stack.dial()
    lost = {"on": "webhook", "match": "/voice/status", "times": -1, "do": "reset"}
    blind = {
        "on": "rest",
        "match": {"method": "GET", "path": "/Calls/"},
        "times": -1,
        "do": "status",
        "value": 503,
    }
    stack.twilio.faults([{"on": "rest", "match": CALLS, "do": "execute-then-hang"}, lost, blind])
    answer = stack.admin.post(f"/calls/{phone.sid}/end")
    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "twilio_silent")
    assert answer.json()["command"]["state"] == "unconfirmed"
    stack.twilio.faults([lost])
    stack.admin.wait_for(phone, lambda story: story["commands"][0]["state"] == "confirmed")
    phone.waits_for(status="completed")


def test_a_broken_connection_is_reported_and_leaves_the_call_as_it_was(stack):
    phone = stack.dial()
    fault(stack, "reset")
    answer = stack.admin.post(f"/calls/{phone.sid}/twiml", {"twiml": SAY.format("never")})
    assert (answer.status_code, answer.json()["command"]["state"]) == (502, "unconfirmed")
    assert phone.status == "in-progress"


def test_refused_credentials_are_reported(stack):
    phone = stack.dial()
    fault(stack, "status", 401)
    answer = stack.admin.post(f"/calls/{phone.sid}/redirect", {"scene": "menu"})
    assert (answer.status_code, answer.json()["error"]["twilio_code"]) == (502, 20003)
    assert answer.json()["command"]["state"] == "refused"


def test_a_command_waits_for_an_api_that_lags_behind_the_answer(stack):
    stack.twilio.switches(rest_lag_ms=500)
    phone = stack.twilio.dial("+14155550100").hears("Welcome")
    command = stack.admin.command(phone, "redirect", scene="announcement", params={"text": "caught up"})
    assert command["state"] in ("accepted", "confirmed")
    phone.hears("caught up")


def test_requests_with_the_same_key_are_one_command_on_any_worker(stack):
    phone = stack.dial()
    body = {"scene": "announcement", "params": {"text": "pressed once"}}
    with ThreadPoolExecutor(8) as pool:
        path = f"/calls/{phone.sid}/redirect"
        answers = list(pool.map(lambda _: stack.admin.post(path, body, key=f"key of {phone.sid}"), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    phone.hears("pressed once").hears("press 1", times=2)
    assert count_heard(phone, "pressed once") == 1
    other = stack.admin.post(path, {"scene": "menu"}, key=f"key of {phone.sid}")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_key_reused")


def test_a_later_command_does_not_overtake_a_slow_one(stack):
    phone = stack.dial()
    fault(stack, "delay", 1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(stack.admin.command, phone, "twiml", twiml=SAY.format("the first"))
        stack.admin.wait_for(phone, lambda story: len(story["commands"]) == 1)
        second = pool.submit(stack.admin.command, phone, "twiml", twiml=SAY.format("the second"))
    assert first.result()["id"] < second.result()["id"]
    phone.hears("the second")
    assert [item["text"] for item in phone.heard if item.get("text", "").startswith("the ")] == [
        "the first",
        "the second",
    ]


@pytest.mark.parametrize("commands", [20])
def test_commands_of_one_call_run_in_the_order_of_their_ids(stack, commands):
    phone = stack.dial()
    with ThreadPoolExecutor(commands) as pool:
        twiml = [SAY.format(f"number {number}") for number in range(commands)]
        path = f"/calls/{phone.sid}/twiml"
        answers = list(pool.map(lambda text: stack.admin.post(path, {"twiml": text}), twiml))
    assert [answer.status_code for answer in answers] == [200] * commands
    recorded = [command["arguments"]["twiml"] for command in stack.admin.story(phone)["commands"]]
    last = recorded[-1].partition("<Say>")[2].partition("</Say>")[0]
    phone.hears(last)
    heard = [item["text"] for item in phone.heard if item.get("text", "").startswith("number ")]
    order = [text.partition("<Say>")[2].partition("</Say>")[0] for text in recorded]
    assert heard == [text for text in order if text in heard]
    assert heard[-1] == last


def test_a_hang_up_during_the_request_refuses_the_command(stack):
    phone = stack.dial()
    fault(stack, "delay", 0.3)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stack.admin.post, f"/calls/{phone.sid}/redirect", {"scene": "menu"})
        phone.hangup()
    assert answer.result().status_code == 409
    assert answer.result().json()["error"]["message"] == "The call has ended."


def test_the_sweep_finds_an_end_that_no_webhook_reported(stack):
    phone = stack.dial()
    fault(stack, "reset", times=-1, on="webhook", match="/voice/status")
    phone.hangup().waits_for(status="completed")
    story = stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    assert story["call"]["status"] == "completed"
    assert story["events"][-1]["kind"] == "sweep.corrected"
