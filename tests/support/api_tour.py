"""A tour of the emulator's REST API: requests to every operation, in the states that change a response."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from midcall_emulator.client import Emulator
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN
from tests.support.api_description import Exchange
from tests.support.socket_app import SocketApp

ANN, BOB = "+15005550006", "+15005550007"
NOWHERE = "http://127.0.0.1:9/nowhere"  # no server listens at this port
LONG = "<Response><Pause length='3600'/></Response>"


class Tour:
    """Requests to the emulator, recorded with their responses."""

    def __init__(self, url: str, sockets: SocketApp) -> None:
        self.emulator, self.sockets = Emulator(url), sockets
        self.exchanges: list[Exchange] = []
        self._url, self._below = url, f"{url}/2010-04-01/Accounts/{ACCOUNT}"

    def request(self, method: str, path: str, user: str = ACCOUNT, **form: str) -> Any:
        """Make a request to a path below the account; return the JSON of its response."""
        given = {"params" if method == "GET" else "data": form}
        url = (self._url if path.startswith("/2010") else self._below) + path
        answer = requests.request(method, url, auth=(user, TOKEN), timeout=30, **given)
        body = answer.json() if answer.content else None
        at = answer.request.path_url.partition("?")[0].replace(ACCOUNT, "{AccountSid}")
        kind = answer.headers.get("Content-Type", "")
        self.exchanges.append(Exchange(method, at, answer.status_code, kind, body))
        return body

    def get(self, path: str, **query: str) -> Any:
        return self.request("GET", path, **query)

    def post(self, path: str, **form: str) -> Any:
        return self.request("POST", path, **form)

    def delete(self, path: str) -> Any:
        return self.request("DELETE", path)

    def call(self, to: str = ANN, seconds: float = 5, **form: str) -> str:
        """Place a call and wait; return its path below the account."""
        made = self.post("/Calls.json", To=to, From=NUMBER, **({"Twiml": LONG} | form))
        self.emulator.advance(seconds)
        return f"/Calls/{made['sid']}"


def calls(tour: Tour) -> None:
    for person, does in ((BOB, "busy"), ("+15005550008", "no-answer"), ("+15005550009", "failed")):
        tour.emulator.people(person, does)
        tour.get(tour.call(person, seconds=100) + ".json")
    ringing = tour.call(seconds=1)
    tour.get(ringing + ".json")
    tour.post(ringing + ".json", Status="canceled")
    live = tour.call(Twiml=f"<Response><Dial><Number>{ANN}</Number></Dial></Response>")
    tour.get(live + ".json")
    tour.post(live + ".json", Twiml=LONG)
    tour.post(live + ".json", Url=NOWHERE)
    tour.emulator.settle()
    tour.get(live + ".json")
    caller = tour.emulator.dial(NUMBER)  # the number has no voice URL
    tour.emulator.settle()
    tour.get(f"/Calls/{caller.sid}.json")
    page = tour.get("/Calls.json", PageSize="2")
    page = tour.get(page["next_page_uri"])
    tour.get(page["previous_page_uri"])
    tour.get("/Calls.json", **{"Status": "busy", "To": BOB, "StartTime>": "2020-01-01"})
    tour.get("/Calls.json", To="+19005550000")
    over = tour.call()
    tour.post(over + ".json", Status="completed")
    tour.emulator.advance(60)
    tour.delete(over + ".json")


def recordings(tour: Tour) -> None:
    live = tour.call()
    for change in ({"Status": "paused", "PauseBehavior": "skip"}, {"Status": "in-progress"}):
        started = tour.post(live + "/Recordings.json")
        tour.get(f"{live}/Recordings/{started['sid']}.json")
        tour.emulator.advance(3)
        tour.post(f"{live}/Recordings/{started['sid']}.json", **change)
    tour.post(live + "/Recordings/Twilio.CURRENT.json", Status="stopped")
    tour.emulator.settle()
    tour.get(live + "/Recordings.json")
    tour.get("/Recordings.json", PageSize="1")
    tour.get(f"/Recordings/{started['sid']}.json")
    tour.delete(f"{live}/Recordings/{started['sid']}.json")
    for twiml in (
        "<Record timeout='5'/>",
        f"<Dial record='record-from-answer'>{ANN}</Dial>",
        "<Start><Recording/></Start><Pause length='9'/>",
    ):
        other = tour.call(Twiml=f"<Response>{twiml}</Response>")
        tour.emulator.phone(other.removeprefix("/Calls/")).speak("Hello there")
        tour.emulator.advance(9)
        tour.get(other + "/Recordings.json")
    last = tour.get(tour.call(Record="true") + "/Recordings.json")["recordings"][0]
    tour.get("/Recordings.json")
    tour.delete(f"/Recordings/{last['sid']}.json")


def live_sessions(tour: Tour) -> None:
    live = tour.call()
    for resource, form in (
        ("Streams", {"Url": tour.sockets.url("/stream"), "Name": "one"}),
        ("Siprec", {"ConnectorName": "Recorder"}),
        ("Transcriptions", {"Track": "both_tracks"}),
    ):
        session = tour.post(f"{live}/{resource}.json", **form)
        tour.post(f"{live}/{resource}/{session['sid']}.json", Status="stopped")


def messages(tour: Tour) -> None:
    live = tour.call("client:ann")
    tour.post(live + "/UserDefinedMessages.json", Content='{"hello": "there"}')
    made = tour.post(live + "/UserDefinedMessageSubscriptions.json", Callback=NOWHERE)
    tour.delete(f"{live}/UserDefinedMessageSubscriptions/{made['sid']}.json")


def payments(tour: Tour) -> None:
    live = tour.call()
    form = {"IdempotencyKey": "1", "StatusCallback": NOWHERE}
    made = tour.post(live + "/Payments.json", **form)
    tour.post(f"{live}/Payments/{made['sid']}.json", Capture="payment-card-number", **form)
    tour.post(f"{live}/Payments/{made['sid']}.json", Status="cancel", **form)


def logs(tour: Tour) -> None:
    live = tour.call(Twiml=f"<Response><Echo/><Redirect>{NOWHERE}</Redirect></Response>")
    tour.emulator.settle()
    listed = tour.get(live + "/Notifications.json")
    for item in listed["notifications"]:
        tour.get(f"{live}/Notifications/{item['sid']}.json")
    tour.get(live + "/Notifications.json", Log="1")
    tour.get(live + "/Events.json")


def conferences(tour: Tour) -> None:
    form = {"From": NUMBER, "To": ANN, "ConferenceRecord": "true", "Label": "ann"}
    ann = tour.post("/Conferences/sales/Participants.json", **form)
    conference = f"/Conferences/{ann['conference_sid']}"
    tour.get(conference + ".json")
    tour.get(conference + "/Participants.json")
    tour.emulator.advance(5)
    coached = {"Coaching": "true", "CallSidToCoach": ann["call_sid"]}
    bob = tour.post("/Conferences/sales/Participants.json", From=NUMBER, To="+15005550010", **coached)
    tour.emulator.advance(5)
    tour.get("/Conferences.json", Status="in-progress")
    tour.get(conference + "/Participants.json", PageSize="1")
    tour.get(conference + "/Participants/ann.json")
    tour.post(f"{conference}/Participants/{bob['call_sid']}.json", Hold="true", Muted="true")
    tour.post(conference + ".json", AnnounceUrl=NOWHERE)
    [recording] = tour.get(conference + "/Recordings.json")["recordings"]
    one = f"{conference}/Recordings/{recording['sid']}.json"
    tour.get(one)
    tour.post(one, Status="paused")
    tour.post(conference + "/Recordings/Twilio.CURRENT.json", Status="stopped")
    tour.delete(f"{conference}/Participants/{bob['call_sid']}.json")
    tour.post(conference + ".json", Status="completed")
    tour.emulator.settle()
    tour.get(conference + ".json")
    tour.get(conference + "/Participants.json")
    tour.get("/Conferences.json", Status="completed")
    tour.get("/Recordings.json")
    tour.delete(one)


def queues(tour: Tour) -> None:
    made = tour.post("/Queues.json", FriendlyName="line", MaxSize="7")
    line = f"/Queues/{made['sid']}"
    enqueued = "<Response><Enqueue>line</Enqueue></Response>"
    first, _ = tour.call(Twiml=enqueued), tour.call(Twiml=enqueued)
    tour.get(line + ".json")
    tour.get("/Queues.json")
    tour.get(line + "/Members.json", PageSize="1")
    tour.get(line + "/Members/Front.json")
    tour.get(f"{line}/Members/{first.removeprefix('/Calls/')}.json")
    tour.post(f"{line}/Members/{first.removeprefix('/Calls/')}.json", Url=NOWHERE)
    tour.post(line + "/Members/Front.json", Url=NOWHERE)
    tour.emulator.settle()
    tour.post(line + ".json", FriendlyName="row")
    tour.delete(line + ".json")


def numbers(tour: Tour) -> None:
    app = tour.post("/Applications.json", FriendlyName="app")
    urls = {"VoiceUrl": NOWHERE, "VoiceFallbackUrl": NOWHERE, "StatusCallback": NOWHERE}
    tour.post(f"/Applications/{app['sid']}.json", VoiceMethod="GET", **urls)
    tour.get(f"/Applications/{app['sid']}.json")
    tour.get("/Applications.json")
    bought = tour.post("/IncomingPhoneNumbers.json", AreaCode="415")
    one = f"/IncomingPhoneNumbers/{bought['sid']}.json"
    tour.post(one, **urls)
    tour.post(one, VoiceApplicationSid=app["sid"])
    tour.get(one)
    tour.get("/IncomingPhoneNumbers.json", PageSize="1")
    tour.delete(one)
    tour.delete(f"/Applications/{app['sid']}.json")


def refusals(tour: Tour) -> None:
    live = tour.call()
    unknown = "CA" + "0" * 32
    tour.request("GET", "/Calls.json", user="AC" + "1" * 32)
    tour.get(f"/Calls/{unknown}.json")
    tour.request("DELETE", "/Calls.json")
    tour.delete(live + ".json")
    tour.post("/Calls.json", From=NUMBER, Twiml=LONG)
    tour.post("/Calls.json", To=ANN, From=NUMBER)
    tour.post("/Calls.json", To=ANN, From="+19005550000", Twiml=LONG)
    tour.post("/Calls.json", To="not a number", From=NUMBER, Twiml=LONG)
    tour.post("/Calls.json", To=ANN, From=NUMBER, Url="not a url")
    tour.post(live + ".json", Status="nonsense")
    tour.post(live + ".json", Url=NOWHERE, Twiml=LONG)
    tour.post(live + ".json", Status="completed")
    tour.emulator.settle()
    for path in (".json", "/Recordings.json", "/Streams.json", "/Siprec.json", "/Transcriptions.json"):
        tour.post(live + path, Status="completed", Url="wss://app.test/")
    tour.get("/Calls.json", **{"StartTime>": "yesterday"})
    for status in (429, 500, 503):
        tour.emulator.faults([{"on": "rest", "match": "Calls", "do": "status", "value": status}])
        tour.get("/Calls.json")


STOPS: tuple[Callable[[Tour], None], ...] = (
    calls, recordings, live_sessions, messages, payments, logs, conferences, queues, numbers, refusals,
)  # fmt: skip
