"""Commands that nothing of ours sees happen: what Twilio noted afterwards ends them, `confirmed` or `unconfirmed`."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.parties import scenes_asked_for, words

SAY = "<Response><Say>{}</Say><Pause length='60'/></Response>"


@pytest.fixture
def stack(stack):
    """On a clock like ours, so that Twilio's moments can be compared with those of the registry."""
    stack.twilio.clock(speed=1)
    return stack


@pytest.fixture
def elsewhere():
    """A server that is not ours: `/twiml` answers with a document, everything else with 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = SAY.format("elsewhere").encode() if self.path == "/twiml" else b"gone"
            self.send_response(200 if self.path == "/twiml" else 404)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def ended(stack, phone, command):
    """The command once it has ended, with its events in order."""
    story = stack.admin.wait_for(
        phone, lambda story: any(c["id"] == command["id"] and c["finished_at"] for c in story["commands"])
    )
    [found] = [one for one in story["commands"] if one["id"] == command["id"]]
    kinds = [event["kind"] for event in story["events"] if event["command_id"] == command["id"]]
    return found["state"], found["message"], found["twilio_code"], kinds


def test_a_document_that_twilio_could_use_is_confirmed(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "twiml", twiml=SAY.format("Here I am."))
    assert (command["state"], command["finished_at"]) == ("accepted", None)
    phone.hears("Here I am.")
    state, message, code, kinds = ended(stack, phone, command)
    assert (state, message, code) == ("confirmed", "Twilio reported no error.", None)
    assert kinds == ["command.requested", "command.accepted", "command.confirmed"]


def test_a_document_that_ends_the_call_is_confirmed_all_the_same(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "twiml", twiml="<Response><Say>Bye now.</Say></Response>")
    phone.hears("Bye now.").waits_for(status="completed")
    assert ended(stack, phone, command)[0] == "confirmed"


def test_a_document_that_leads_nowhere_is_told_with_twilio_s_error(stack, elsewhere):
    phone = stack.dial()
    gone = f"<Response><Redirect>{elsewhere}/gone</Redirect></Response>"
    state, message, code, _ = ended(stack, phone, stack.admin.command(phone, "twiml", twiml=gone))
    assert (state, code) == ("unconfirmed", 11200)
    assert message.startswith("Twilio reported: ")


def test_an_older_error_is_not_held_against_a_new_command(stack, elsewhere):
    phone = stack.dial()
    lost = (
        f"<Response><Gather action='{elsewhere}/gone' numDigits='1'><Say>Press now.</Say></Gather></Response>"
    )
    stack.admin.command(phone, "twiml", twiml=lost)
    phone.hears("Press now.").press("1").hears("One moment, please.")
    first = stack.admin.story(phone)["commands"][0]
    assert ended(stack, phone, first)[0] == "unconfirmed"
    assert (
        ended(stack, phone, stack.admin.command(phone, "twiml", twiml=SAY.format("New.")))[0] == "confirmed"
    )


def test_a_document_on_another_host_is_confirmed_by_its_answer(stack, elsewhere):
    phone = stack.dial()
    command = stack.admin.command(phone, "redirect", url=f"{elsewhere}/twiml")
    phone.hears("elsewhere")
    state, message, _, _ = ended(stack, phone, command)
    assert (state, message) == ("confirmed", "Twilio requested the URL: 200, no error.")


def test_one_that_is_not_there_is_told_and_the_fallback_is_asked(stack, elsewhere):
    phone = stack.dial()
    command = stack.admin.command(
        phone, "redirect", url=f"{elsewhere}/gone", fallback_url=f"{stack.url}/voice/scenes/goodbye"
    )
    phone.hears("Goodbye")
    assert scenes_asked_for(phone)[-2:] == ["gone", "goodbye"]
    state, message, code, _ = ended(stack, phone, command)
    assert (state, code) == ("unconfirmed", 11200)
    assert message.startswith("Twilio reported: ")


def test_a_fallback_on_another_host_is_refused(stack):
    phone = stack.dial()
    body = {"scene": "menu", "fallback_url": "http://203.0.113.9/x"}
    answer = stack.admin.post(f"/calls/{phone.sid}/redirect", body)
    assert (answer.status_code, answer.json()["error"]["fields"][0]["field"]) == (422, "fallback_url")
    assert "Welcome" in words(phone)[0]


def test_while_twilio_cannot_be_asked_it_stays_accepted(stack):
    phone = stack.dial()
    blind = {"on": "rest", "match": {"method": "GET", "path": "/Notifications"}, "times": 2}
    stack.twilio.faults([{**blind, "do": "status", "value": 503}])
    command = stack.admin.command(phone, "twiml", twiml=SAY.format("Later."))
    assert ended(stack, phone, command)[0] == "confirmed"
