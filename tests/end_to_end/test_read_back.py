"""Commands whose effect no webhook reports: the worker reads back from Twilio whether they succeeded."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.parties import requested_scenes, spoken_to
from voice.commands.redirect import IN_THE_LOG
from voice.commands.twiml import UNSEEN

SAY = "<Response><Say>{}</Say><Pause length='60'/></Response>"


@pytest.fixture
def stack(stack):
    """On a clock in real time, so that Twilio's times can be compared with those of the registry."""
    stack.twilio.clock(speed=1)
    return stack


@pytest.fixture
def other_host():
    """A server of another app: `/twiml` answers with a document, every other path with 404."""

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


def outcome(stack, phone, command):
    """State, message, code and event kinds of a command, once it is finished."""
    story = stack.admin.wait_for(
        phone, lambda story: any(c["id"] == command["id"] and c["finished_at"] for c in story["commands"])
    )
    [found] = [one for one in story["commands"] if one["id"] == command["id"]]
    kinds = [event["kind"] for event in story["events"] if event["command_id"] == command["id"]]
    return found["state"], found["message"], found["twilio_code"], kinds


def test_a_document_that_does_not_lead_to_midcall_stays_accepted_and_says_so(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "twiml", twiml=SAY.format("Here I am."))
    assert (command["state"], command["message"], command["finished_at"]) == ("accepted", UNSEEN, None)
    phone.hears("Here I am.")
    stack.admin.command(phone, "redirect", scene="menu")
    phone.hears("To speak to an agent")
    assert stack.admin.story(phone)["commands"][0]["state"] == "accepted"


def test_the_visit_that_a_document_leads_to_confirms_it(stack):
    phone = stack.dial()
    document = "<Response><Say>One moment.</Say><Redirect>/voice/scenes/menu</Redirect></Response>"
    command = stack.admin.command(phone, "twiml", twiml=document)
    phone.hears("To speak to an agent")
    state, message, code, kinds = outcome(stack, phone, command)
    assert (state, message, code) == ("confirmed", None, None)
    assert kinds == ["command.requested", "command.accepted", "webhook.scene", "command.confirmed"]


def test_a_broken_redirect_in_a_document_shows_the_error_of_twilio(stack, other_host):
    phone = stack.dial()
    gone = f"<Response><Redirect>{other_host}/gone</Redirect></Response>"
    state, message, code, _ = outcome(stack, phone, stack.admin.command(phone, "twiml", twiml=gone))
    assert (state, code) == ("unconfirmed", 11200)
    assert message.startswith("Twilio reported: ")


def test_the_error_webhook_reports_an_error_to_its_call_and_its_command(stack, other_host):
    stack.twilio.switches(debugger_url=f"{stack.url}/voice/debugger")
    phone = stack.dial()
    gone = f"<Response><Redirect>{other_host}/gone</Redirect></Response>"
    state, message, code, kinds = outcome(stack, phone, stack.admin.command(phone, "twiml", twiml=gone))
    assert (state, code, "webhook.debugger" in kinds) == ("unconfirmed", 11200, True)
    assert message.startswith("Twilio reported: The URL did not answer Twilio as expected.")


@pytest.mark.slow
def test_an_older_error_does_not_count_against_a_new_command(stack, other_host):
    phone = stack.dial()
    lost = f"<Response><Gather action='{other_host}/gone' numDigits='1'><Say>Press now.</Say></Gather></Response>"
    stack.admin.command(phone, "twiml", twiml=lost)
    phone.hears("Press now.").press("1").hears("One moment, please.")
    first = stack.admin.story(phone)["commands"][0]
    assert outcome(stack, phone, first)[0] == "unconfirmed"
    new = SAY.replace("/></Response>", "/><Redirect>/voice/scenes/menu</Redirect></Response>").replace(
        "60", "6"
    )
    command = stack.admin.command(phone, "twiml", twiml=new.format("New."))
    assert outcome(stack, phone, command)[0] == "confirmed"


def test_a_redirect_to_another_host_stays_accepted_during_the_call_and_says_so(stack, other_host):
    phone = stack.dial()
    command = stack.admin.command(phone, "redirect", url=f"{other_host}/twiml")
    assert (command["state"], command["message"], command["finished_at"]) == ("accepted", IN_THE_LOG, None)
    phone.hears("elsewhere")
    assert stack.admin.story(phone)["commands"][0]["state"] == "accepted"


def test_a_missing_url_shows_the_error_and_twilio_requests_the_fallback(stack, other_host):
    phone = stack.dial()
    command = stack.admin.command(
        phone, "redirect", url=f"{other_host}/gone", fallback_url=f"{stack.url}/voice/scenes/goodbye"
    )
    phone.hears("Goodbye")
    assert requested_scenes(phone)[-2:] == ["gone", "goodbye"]
    state, message, code, _ = outcome(stack, phone, command)
    assert (state, code) == ("unconfirmed", 11200)
    assert message.startswith("Twilio reported: ")


def test_a_fallback_url_on_a_host_that_is_not_allowed_is_refused(stack):
    phone = stack.dial()
    body = {"scene": "menu", "fallback_url": "http://203.0.113.9/x"}
    answer = stack.admin.post(f"/calls/{phone.sid}/redirect", body)
    assert (answer.status_code, answer.json()["error"]["fields"][0]["field"]) == (422, "fallback_url")
    assert "Welcome" in spoken_to(phone)[0]


@pytest.mark.slow
def test_a_command_stays_accepted_while_twilio_cannot_be_read(stack, other_host):
    phone = stack.dial()
    blind = {"on": "rest", "match": {"method": "GET", "path": "/Notifications"}, "times": 2}
    stack.twilio.faults([{**blind, "do": "status", "value": 503}])
    lost = f"<Response><Redirect>{other_host}/gone</Redirect></Response>"
    command = stack.admin.command(phone, "twiml", twiml=lost)
    assert outcome(stack, phone, command)[:1] == ("unconfirmed",)
