"""Every REST operation, asked over HTTP, held to Twilio's description: nothing undocumented, nothing missing."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import requests

from midcall_emulator.client import Emulator
from midcall_emulator.rest import OPERATIONS, load
from midcall_emulator.rest import PREFIX as SERVED_BELOW
from midcall_emulator.server import Background
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN, Settings
from tests.support.api_description import PREFIX, Description, Exchange, bare
from tests.support.npm import Unreachable
from tests.support.skips import left_out
from tests.support.socket_app import SocketApp

load()
ANN, BOB = "+15005550006", "+15005550007"
NOWHERE = "http://127.0.0.1:9/nowhere"  # nobody listens at this port
COVERAGE = Path(__file__).parents[3] / "midcall_emulator" / "COVERAGE.md"
OF_VOICE = (
    "Calls", "Conferences", "Queues", "Recordings", "IncomingPhoneNumbers", "Applications", "Notifications",
    "OutgoingCallerIds", "SIP", "Transcriptions",
)  # fmt: skip
LONG = "<Response><Pause length='3600'/></Response>"


@pytest.fixture(scope="module")
def description() -> Description:
    """Twilio's description, which npm has."""
    try:
        return Description()
    except Unreachable as error:
        left_out(f"Twilio's API description: {error}")


class Tour:
    """Requests to the emulator, all of them kept with their answers."""

    def __init__(self, url: str, sockets: SocketApp) -> None:
        self.emulator, self.sockets = Emulator(url), sockets
        self.exchanges: list[Exchange] = []
        self._url, self._below = url, f"{url}/2010-04-01/Accounts/{ACCOUNT}"

    def ask(self, method: str, path: str, user: str = ACCOUNT, **form: str) -> Any:
        """Make a request below the account; return the JSON of its answer."""
        given = {"params" if method == "GET" else "data": form}
        url = (self._url if path.startswith("/2010") else self._below) + path
        answer = requests.request(method, url, auth=(user, TOKEN), timeout=30, **given)
        body = answer.json() if answer.content else None
        at = answer.request.path_url.partition("?")[0].replace(ACCOUNT, "{AccountSid}")
        kind = answer.headers.get("Content-Type", "")
        self.exchanges.append(Exchange(method, at, answer.status_code, kind, body))
        return body

    def get(self, path: str, **query: str) -> Any:
        return self.ask("GET", path, **query)

    def post(self, path: str, **form: str) -> Any:
        return self.ask("POST", path, **form)

    def delete(self, path: str) -> Any:
        return self.ask("DELETE", path)

    def call(self, to: str = ANN, seconds: float = 5, **form: str) -> str:
        """Place a call and wait; return the path of it."""
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
    caller = tour.emulator.dial(NUMBER)  # nobody has said where this number's calls go
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


def forks(tour: Tour) -> None:
    live = tour.call()
    for resource, form in (
        ("Streams", {"Url": tour.sockets.url("/stream"), "Name": "one"}),
        ("Siprec", {"ConnectorName": "recorder"}),
        ("Transcriptions", {"Track": "both_tracks"}),
    ):
        fork = tour.post(f"{live}/{resource}.json", **form)
        tour.post(f"{live}/{resource}/{fork['sid']}.json", Status="stopped")


def messages(tour: Tour) -> None:
    live = tour.call()
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
    ann = tour.post("/Conferences/room/Participants.json", **form)
    room = f"/Conferences/{ann['conference_sid']}"
    tour.get(room + ".json")
    tour.get(room + "/Participants.json")
    tour.emulator.advance(5)
    coached = {"Coaching": "true", "CallSidToCoach": ann["call_sid"]}
    bob = tour.post("/Conferences/room/Participants.json", From=NUMBER, To="+15005550010", **coached)
    tour.emulator.advance(5)
    tour.get("/Conferences.json", Status="in-progress")
    tour.get(room + "/Participants.json", PageSize="1")
    tour.get(room + "/Participants/ann.json")
    tour.post(f"{room}/Participants/{bob['call_sid']}.json", Hold="true", Muted="true")
    tour.post(room + ".json", AnnounceUrl=NOWHERE)
    [recording] = tour.get(room + "/Recordings.json")["recordings"]
    one = f"{room}/Recordings/{recording['sid']}.json"
    tour.get(one)
    tour.post(one, Status="paused")
    tour.post(room + "/Recordings/Twilio.CURRENT.json", Status="stopped")
    tour.delete(f"{room}/Participants/{bob['call_sid']}.json")
    tour.post(room + ".json", Status="completed")
    tour.emulator.settle()
    tour.get(room + ".json")
    tour.get(room + "/Participants.json")
    tour.get("/Conferences.json")
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
    nobody = "CA" + "0" * 32
    tour.ask("GET", "/Calls.json", user="AC" + "1" * 32)
    tour.get(f"/Calls/{nobody}.json")
    tour.ask("DELETE", "/Calls.json")
    tour.delete(live + ".json")
    tour.post("/Calls.json", From=NUMBER, Twiml=LONG)
    tour.post("/Calls.json", To=ANN, From=NUMBER)
    tour.post("/Calls.json", To=ANN, From="+19005550000", Twiml=LONG)
    tour.post("/Calls.json", To="nobody at all", From=NUMBER, Twiml=LONG)
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
    calls, recordings, forks, messages, payments, logs, conferences, queues, numbers, refusals,
)  # fmt: skip


@pytest.fixture(scope="module")
def exchanges(description: Description, shared_sockets: SocketApp) -> Iterator[list[Exchange]]:
    """Every request of the tour with its answer, made once."""
    with Background(Settings(port=0)) as url:
        tour = Tour(url, shared_sockets)
        tour.emulator.clock(mode="manual")
        for stop in STOPS:
            stop(tour)
        yield tour.exchanges


def wanted(method: str, path: str) -> tuple[str, re.Pattern[str]]:
    """Return what a request to an operation of the emulator looks like."""
    pattern = re.sub(r"\\\{(\w+)\\\}", "[^/.]+", re.escape(path.removeprefix(SERVED_BELOW)))
    return method, re.compile(re.escape(PREFIX) + pattern)


def asked(exchanges: list[Exchange], method: str, path: str) -> list[Exchange]:
    """Return the successful requests to an operation."""
    method, pattern = wanted(method, path)
    return [
        one for one in exchanges if one.method == method and pattern.fullmatch(one.path) and one.status < 400
    ]


def below(path: str) -> str:
    return path.removeprefix(SERVED_BELOW).removeprefix(PREFIX)


def named(operation: tuple[str, str]) -> str:
    return f"{operation[0]} {below(operation[1])}"


@pytest.mark.parametrize("operation", sorted(OPERATIONS), ids=named)
def test_answers_as_documented(
    operation: tuple[str, str], description: Description, exchanges: list[Exchange]
) -> None:
    method, path = operation
    assert description.has(method, path.replace("{account_sid}", "{AccountSid}")), (
        "Twilio has no such operation"
    )
    answers = asked(exchanges, method, path)
    assert answers, "no request of the tour above was answered by this: add one"
    assert [(one.path, told) for one in answers if (told := description.complaints(one))] == []


def test_refuses_as_documented(description: Description, exchanges: list[Exchange]) -> None:
    refused = [one for one in exchanges if one.status >= 400]
    assert {one.status for one in refused} >= {400, 401, 404, 405, 409, 429, 500, 503}
    assert [(one.path, told) for one in refused if (told := description.complaints(one))] == []


def test_every_difference_is_told(description: Description, exchanges: list[Exchange]) -> None:
    """A field less, a field more, another type: at each answer's own level and in the first item of its list."""
    seen = 0
    for one in {(one.method, one.path.count("/"), one.status): one for one in exchanges if one.body}.values():
        for spoilt in _spoilt(one.body):
            seen += 1
            assert description.complaints(
                Exchange(one.method, one.path, one.status, one.content_type, spoilt)
            )
    assert seen > 200


def _spoilt(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    lists = [name for name in body if isinstance(body[name], list) and body[name]]
    for name in body:
        yield {other: value for other, value in body.items() if other != name}
        yield body | {name: ["neither", 1]}
    yield body | {"surely_unknown": None}
    for name in lists:
        for inner in _spoilt(body[name][0]):
            yield deepcopy(body) | {name: [inner]}


def test_an_undocumented_status_is_told(description: Description) -> None:
    path = f"{PREFIX}/Calls.json"
    assert description.complaints(Exchange("POST", path, 200, "application/json", {})) == [
        "200 is not documented: ['201']"
    ]


def test_what_twilio_has_beyond_it_is_listed(description: Description) -> None:
    """COVERAGE.md has how the paths begin of all that is not served; what it forgets is warned of."""
    ours = {bare(method, path) for method, path in OPERATIONS}
    documented = {
        (bare(method, path.replace("{AccountSid}", "{account_sid}")) in ours, below(path))
        for method, path in description.operations
        if re.split(r"[/.]", below(path))[1] in OF_VOICE
    }
    [told] = re.findall(r"^Documented, and not served.*?\n\n", COVERAGE.read_text(), re.MULTILINE | re.DOTALL)
    listed = tuple(re.findall(r"`(/\S+)`", told))
    for beginning in listed:
        found = {is_served for is_served, path in documented if path.startswith(beginning)}
        assert found == {False}, f"{beginning} is listed as not served, and is served or unknown to Twilio"
    forgotten = sorted(
        path for is_served, path in documented if not is_served and not path.startswith(listed)
    )
    if forgotten:
        warnings.warn(f"COVERAGE.md does not list what is not served: {forgotten}", stacklevel=1)


def test_each_resource_has_a_row() -> None:
    rows = re.findall(r"^\| ([A-Z][A-Za-z, ]+?)(?: of .*?| \(.*?)? \|", COVERAGE.read_text(), re.MULTILINE)
    named_there = {name for row in rows for name in row.split(", ")}
    served = {re.findall(r"/([A-Z][A-Za-z]+)(?:\.json)?(?=/|$)", below(path))[-1] for _, path in OPERATIONS}
    assert served - named_there == set()
