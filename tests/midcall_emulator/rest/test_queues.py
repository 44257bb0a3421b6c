"""The REST API of queues and members through Twilio's SDK."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard
from tests.support.rest_requests import BASE, rest_request
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
QUEUE = {
    "sid", "account_sid", "friendly_name", "current_size", "max_size", "average_wait_time", "date_created",
    "date_updated", "uri",
}  # fmt: skip


def enqueue(twilio: Emulator, app: ScriptedApp, seconds: float = 0) -> Phone:
    app.on("/start", '<Enqueue action="/left">line</Enqueue>')
    phone = twilio.dial(NUMBER)
    twilio.advance(seconds)
    return phone


def only_queue(client: Client) -> Any:
    [queue] = client.queues.list()
    return client.queues(str(queue.sid))


def refusal(call: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as error:
        call()
    return error.value.status, error.value.code


def test_a_queue_is_created_updated_and_deleted(twilio: Emulator, client: Client, emulator_url: str) -> None:
    queue = client.queues.create(friendly_name="line", max_size=3)
    assert (queue.friendly_name, queue.max_size, queue.current_size, queue.average_wait_time) == (
        "line",
        3,
        0,
        0,
    )
    status, body = rest_request(f"{emulator_url}{BASE}/Queues/{queue.sid}.json")
    assert (status, body.keys(), body["uri"]) == (200, QUEUE, f"{BASE}/Queues/{queue.sid}.json")
    changed = client.queues(str(queue.sid)).update(friendly_name="other", max_size=5000)
    assert (changed.friendly_name, changed.max_size) == ("other", 5000)
    assert client.queues.create("line").max_size == 1000
    assert [item.friendly_name for item in client.queues.list(page_size=1)] == ["line", "other"]
    assert queue.delete()
    assert refusal(queue.fetch) == (404, 20404)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"friendly_name": ""}, 400, 20001),
        ({"friendly_name": "x" * 65}, 400, 20001),
        ({"friendly_name": "line"}, 409, 20409),
        ({"max_size": 0}, 400, 20001),
        ({"max_size": 5001}, 400, 20001),
    ],
)
def test_an_invalid_queue_is_refused(
    twilio: Emulator, client: Client, changes: dict[str, Any], status: int, code: int
) -> None:
    client.queues.create("line")
    assert refusal(lambda: client.queues.create(**({"friendly_name": "new"} | changes))) == (status, code)
    assert len(client.queues.list()) == 1


def test_members_have_positions_and_wait_times(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    ann, ben = enqueue(twilio, app, 10), enqueue(twilio, app, 4)
    queue = only_queue(client)
    shown = queue.fetch()
    assert (shown.friendly_name, shown.current_size, shown.average_wait_time) == ("line", 2, 9)
    listed = [(item.call_sid, item.position, item.wait_time) for item in queue.members.list(page_size=1)]
    assert listed == [(ann.sid, 1, 14), (ben.sid, 2, 4)]
    assert queue.members("Front").fetch().call_sid == ann.sid
    status, body = rest_request(f"{emulator_url}{BASE}/Queues/{shown.sid}/Members/{ben.sid}.json")
    assert status == 200
    assert body.keys() == {"call_sid", "queue_sid", "date_enqueued", "position", "wait_time", "uri"}
    assert refusal(queue.delete) == (409, 20409)


@pytest.mark.parametrize("who", ["Front", "sid"])
def test_a_member_is_dequeued_by_sid_or_as_front(
    twilio: Emulator, app: ScriptedApp, client: Client, who: str
) -> None:
    app.on("/new", "<Say>New</Say>")
    ann, ben = enqueue(twilio, app, 3), enqueue(twilio, app)
    queue = only_queue(client)
    taken = queue.members(ann.sid if who == "sid" else who).update(url=app.url("/new"), method="GET")
    assert (taken.call_sid, taken.wait_time) == (ann.sid, 3)
    ann.hears("New")
    assert app.paths()[-2:] == ["POST /left", "GET /new"]
    assert app.visit("/left").params["QueueResult"] == "redirected"
    assert [(item.call_sid, item.position) for item in queue.members.list()] == [(ben.sid, 1)]
    assert heard(ann) == ["music", "say(New)"]


def test_unknown_members_and_queues_are_not_found(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    client.queues.create("line")
    queue = only_queue(client)
    assert refusal(queue.members("Front").fetch) == (404, 20404)
    assert refusal(lambda: queue.members("CA" + "0" * 32).update(url="http://127.0.0.1:9/")) == (404, 20404)
    ann = enqueue(twilio, app)
    assert refusal(lambda: queue.members(ann.sid).update(url="nonsense")) == (400, 21205)
    assert refusal(lambda: client.queues("line").fetch()) == (404, 20404)
    assert ann.call["verb"] == "Enqueue"


def test_deleting_a_queue_releases_the_agent_waiting_at_it(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    client.queues.create("line")
    app.on("/start", '<Dial timeout="60"><Queue>line</Queue></Dial><Say>Out</Say>')
    agent = twilio.dial(NUMBER)
    twilio.advance(5)
    only_queue(client).delete()
    agent.hears("Out")
