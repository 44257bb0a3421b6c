"""The operations of Twilio's guide "Modify calls in progress", through Twilio's SDK and through the admin API.

https://www.twilio.com/docs/voice/tutorials/how-to-modify-calls-in-progress
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.support.clients import NUMBER

SAY = "<Response><Say>{}</Say><Pause length='60'/></Response>"


@pytest.fixture
def other_host():
    """A TwiML server of another app; its document names the method of the request."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = SAY.format(f"elsewhere by {self.command}").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/twiml"
        server.shutdown()


@pytest.mark.fast_twilio
def test_the_sdk_replaces_twiml(stack):
    phone = stack.dial()
    stack.sdk.calls(phone.sid).update(twiml=SAY.format("Ahoy there"))
    phone.hears("Ahoy there")


@pytest.mark.fast_twilio
def test_the_sdk_redirects_to_a_url(stack):
    phone = stack.dial()
    stack.sdk.calls(phone.sid).update(url=f"{stack.url}/voice/scenes/goodbye", method="POST")
    phone.hears("Goodbye").waits_for(status="completed")


def test_the_sdk_ends_a_call(stack):
    phone = stack.dial()
    stack.sdk.calls(phone.sid).update(status="completed")
    phone.waits_for(status="completed")
    stack.admin.wait_for(phone, lambda story: story["call"]["status"] == "completed")
    with pytest.raises(TwilioRestException) as refused:
        stack.sdk.calls(phone.sid).update(twiml=SAY.format("too late"))
    assert (refused.value.status, refused.value.code) == (400, 21220)


def test_redirect_to_a_scene_is_confirmed_by_the_visit(stack):
    phone = stack.dial()
    command = stack.admin.command(
        phone, "redirect", scene="announcement", params={"text": "Hello from the operator"}
    )
    assert command["state"] in ("accepted", "confirmed")
    phone.hears("Hello from the operator").hears("press 1", times=2)
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["state"] == "confirmed")
    assert story["call"]["scene"] == "menu"
    kinds = [event["kind"] for event in story["events"] if event["command_id"] == command["id"]]
    assert kinds[0] == "command.requested"
    assert {"command.confirmed", "webhook.scene"} <= set(kinds)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_redirect_to_any_allowed_url(stack, other_host, method):
    phone = stack.dial()
    command = stack.admin.command(phone, "redirect", url=other_host, method=method)
    assert command["state"] == "accepted"
    phone.hears(f"elsewhere by {method}")


def test_redirect_to_a_webhook_of_ours_by_its_url_is_confirmed_too(stack):
    phone = stack.dial()
    url = f"{stack.url}/voice/scenes/menu?attempt=2&command=1"
    assert stack.admin.post(f"/calls/{phone.sid}/redirect", {"url": url, "method": "GET"}).status_code == 422
    stack.admin.command(phone, "redirect", url=url)
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["state"] == "confirmed")
    assert story["call"]["scene"] == "menu"


def test_redirect_to_a_host_that_is_not_allowed_is_refused(stack):
    phone = stack.dial()
    for url in (
        "http://203.0.113.9/x",
        "file:///etc/passwd",
        "//127.0.0.1/x",
        "http://127.0.0.1@203.0.113.9/",
        "http://2130706433/",
    ):
        answer = stack.admin.post(f"/calls/{phone.sid}/redirect", {"url": url})
        assert (answer.status_code, answer.json()["error"]["fields"][0]["field"]) == (422, "url"), url
    assert stack.admin.story(phone)["commands"] == []


def test_twiml_is_checked_and_played(stack):
    phone = stack.dial()
    answer = stack.admin.post(f"/calls/{phone.sid}/twiml", {"twiml": "<Response>\n<Sayy>x</Sayy></Response>"})
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["line"] == 2
    assert "Say" in answer.json()["error"]["message"]
    gather = '<Response><Gather numDigits="1" action="/voice/scenes/choice"><Say>Press now</Say></Gather></Response>'
    assert stack.admin.command(phone, "twiml", twiml=gather)["state"] == "accepted"
    phone.hears("Press now").press("2").hears("We are open")


def test_a_second_end_is_confirmed(stack):
    phone = stack.dial()
    assert stack.admin.command(phone, "end")["state"] in ("accepted", "confirmed")
    phone.waits_for(status="completed")
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["state"] == "confirmed")
    assert (story["call"]["status"], story["call"]["live"]) == ("completed", False)
    again = stack.admin.command(phone, "end")
    assert (again["state"], again["message"]) == ("confirmed", "The call had already ended.")


def test_end_completes_a_call_that_only_twilio_knows_as_answered(stack):
    stack.twilio.clock(mode="manual")
    phone = stack.twilio.dial(NUMBER).hears("Welcome")
    assert stack.admin.story(phone)["call"]["status"] == "ringing"
    stack.admin.command(phone, "end")
    phone.waits_for(status="completed")


def test_an_ended_call_cannot_be_redirected(stack):
    phone = stack.dial().hangup().waits_for(status="completed")
    answer = stack.admin.post(f"/calls/{phone.sid}/redirect", {"scene": "menu"})
    assert answer.status_code == 409
    assert answer.json()["error"]["message"] == "The call has ended."
    assert answer.json()["command"]["state"] == "refused"


def test_end_cancels_a_ringing_call(stack):
    stack.twilio.people("+14155550123", "manual")
    call = stack.admin.post("/calls", {"to": "+14155550123", "from": NUMBER, "scene": "menu"}).json()
    phone = stack.twilio.phone(call["call_sid"]).waits_for(status="ringing")
    stack.admin.command(phone, "end")
    phone.waits_for(status="canceled")
    stack.admin.wait_for(phone, lambda story: story["call"]["status"] == "canceled")


def test_an_outgoing_call_is_recorded_like_an_incoming_one(stack):
    stack.twilio.people("+14155550123", "answer", 1)
    body = {
        "to": "+14155550123",
        "from": NUMBER,
        "scene": "announcement",
        "params": {"text": "This is a call for you"},
    }
    answer = stack.admin.post("/calls", body)
    assert answer.status_code == 201
    phone = stack.twilio.phone(answer.json()["call_sid"])
    phone.hears("This is a call for you").hears("press 1").hangup()
    story = stack.admin.wait_for(phone, lambda story: story["call"]["status"] == "completed")
    assert (story["call"]["direction"], story["call"]["to"]) == ("outbound-api", "+14155550123")
    assert [command["state"] for command in story["commands"]] == ["confirmed"]
    said = [
        event["details"]["twilio"]["CallStatus"]
        for event in story["events"]
        if event["kind"] == "webhook.status"
    ]
    assert sorted(said) == sorted(["initiated", "ringing", "in-progress", "completed"])


def test_a_call_that_no_webhook_reported_can_be_changed(stack):
    """The webhooks of its number belong to another app; the operator changes it all the same."""
    number = stack.sdk.incoming_phone_numbers.list(phone_number=NUMBER)[0]
    number.update(voice_url=f"{stack.url}/nowhere", status_callback="", voice_fallback_url="")
    stack.twilio.people("+14155550123", "answer", 0)
    sid = stack.sdk.calls.create(to="+14155550123", from_=NUMBER, twiml=SAY.format("alone")).sid
    phone = stack.twilio.phone(sid).hears("alone")
    assert stack.admin.get(f"/calls/{sid}").status_code == 404
    stack.admin.command(phone, "twiml", twiml=SAY.format("not alone"))
    phone.hears("not alone")
    assert stack.admin.story(phone)["call"]["direction"] == "outbound-api"


@pytest.mark.fast_twilio
def test_the_admin_api_shows_the_list_and_the_resource_of_twilio(stack):
    phones = [stack.dial() for _ in range(3)]
    phones[0].hangup().waits_for(status="completed")
    live = stack.admin.get("/twilio/calls", status="in-progress", limit=1).json()
    following = stack.admin.get("/twilio/calls", status="in-progress", limit=1, cursor=live["next"]).json()
    found = {call["sid"] for page in (live, following) for call in page["calls"]}
    assert found == {phone.sid for phone in phones[1:]}
    whole = stack.admin.get(f"/calls/{phones[0].sid}", source="twilio").json()["call"]
    assert {
        "sid",
        "duration",
        "price",
        "answered_by",
        "queue_time",
        "parent_call_sid",
        "phone_number_sid",
    } <= set(whole)
    assert (whole["status"], whole["from"]) == ("completed", phones[0].call["from"])
