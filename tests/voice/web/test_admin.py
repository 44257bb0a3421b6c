"""The admin API: lists with filters, one call, commands and their errors, and the API document."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from jsonschema_rs import meta

from tests.support.clients import (
    ADMIN_TOKEN,
    CALLER,
    NUMBER,
    PUBLIC_URL,
    TESTER,
    Operator,
    new_call_sid,
    settings,
)
from tests.support.ports import free_port
from voice import create_app, errors
from voice.errors import MidcallError
from voice.web.errors import STATUS

BEARER = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


def assert_error(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Assert the JSON shape of an error; return the error."""
    assert (answer.status_code, answer.mimetype) == (status, "application/json"), answer.text
    error = answer.json["error"]
    assert {"code", "message", "twilio_code"} <= set(error) <= {"code", "message", "twilio_code", "fields"}
    assert error["code"] == code
    assert error["message"]
    return error


def fields(answer: Any) -> set[str]:
    """The names of the refused arguments."""
    error = assert_error(answer, 422, "arguments_refused")
    assert all(wrong["message"] for wrong in error["fields"])
    return {wrong["field"] for wrong in error["fields"]}


def listed(admin: Operator, **query: Any) -> list[str]:
    answer = admin.get("/calls", **query)
    assert answer.status_code == 200, answer.text
    return [call["call_sid"] for call in answer.json["calls"]]


# Lists


def test_a_list_without_calls_is_empty(admin):
    assert admin.get("/calls").json == {"calls": [], "next": None}


def test_a_call_has_the_fields_of_the_contract(admin, twilio):
    with freeze_time("2026-03-01T09:30:00.123456Z"):
        call_sid = twilio.calls()
    (call,) = admin.get("/calls").json["calls"]
    assert call == {
        "call_sid": call_sid, "parent_call_sid": None, "direction": "inbound", "from": CALLER, "to": NUMBER,
        "status": "ringing", "scene": "greeting", "started_at": "2026-03-01T09:30:00.123Z", "answered_at": None,
        "ended_at": None, "duration_seconds": None, "live": True, "place_since": "2026-03-01T09:30:00.123Z",
        "room": None,
    }  # fmt: skip
    assert admin.get(f"/calls/{call_sid}").json["call"] == call


def test_the_list_can_be_filtered(admin, twilio):
    with freeze_time(datetime(2026, 3, 1, 9, 30, tzinfo=UTC)) as clock:
        one = twilio.calls(From="+4930111")
        clock.tick(60)
        two = twilio.calls(From="+4930222", To="+14155550177")
        clock.tick(3)
        twilio.status(two, "completed", CallDuration=3)
        clock.tick(60)
        three = twilio.calls(From="+4930222")
        twilio.scene(three, "menu")
    for query, expected in [
        ({}, [three, two, one]),
        ({"status": "live"}, [three, one]),
        ({"status": "ended"}, [two]),
        ({"status": ["ringing", "completed"]}, [two, one]),
        ({"status": "in-progress"}, [three]),
        ({"from": "+4930222"}, [three, two]),
        ({"from": "+4930222", "to": NUMBER}, [three]),
        ({"to": "+14155550177"}, [two]),
        ({"scene": "menu"}, [three]),
        ({"since": "2026-03-01T09:31:00Z"}, [three, two]),
        ({"since": "2026-03-01T09:31:00"}, [three, two]),
        ({"since": "2026-03-01T18:31:00+09:00"}, [three, two]),
        ({"until": "2026-03-01T09:31:00Z"}, [one]),
        ({"q": "30222"}, [three, two]),
        ({"q": one}, [one]),
        ({"limit": 2}, [three, two]),
    ]:
        assert listed(admin, **query) == expected, query


def test_pages_of_the_list_follow_the_cursor(admin, twilio):
    with freeze_time("2026-03-01T09:30:00Z"):
        calls = sorted((twilio.calls() for _ in range(5)), reverse=True)
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while query.get("cursor", "") is not None:
        page = admin.get("/calls", **query).json
        found += [call["call_sid"] for call in page["calls"]]
        query["cursor"] = page["next"]
    assert found == calls


INVALID_FILTERS = [
    ({"limit": 0}, "limit"), ({"limit": 201}, "limit"), ({"limit": "many"}, "limit"), ({"limit": ""}, "limit"),
    ({"status": "meditating"}, "status.0"), ({"status": ["live", "LIVE"]}, "status.1"), ({"q": "\0"}, "q"),
    ({"since": "yesterday"}, "since"), ({"until": "0001-01-01T00:00:00+14:00"}, "until"), ({"q": "x" * 101}, "q"),
    ({"cursor": "x" * 201}, "cursor"), ({"form": "+1"}, "form"), ({"from_": "+1", "unknown": "1"}, "unknown"),
    ({"from": "a\0b"}, "from"), ({"scene": "\0"}, "scene"),
]  # fmt: skip


def test_an_invalid_filter_is_refused_by_name(admin):
    for query, field in INVALID_FILTERS:
        assert field in fields(admin.get("/calls", **query)), query


def test_an_invalid_cursor_is_malformed(admin):
    assert_error(admin.get("/calls", cursor="abc"), 400, "malformed")


def test_a_query_with_invalid_encoding_is_answered(app):
    for query in ("q=%ff%fe", "from=%ed%a0%80", "q=%", "&&=&", "q=" + "%F0%9F%98%80" * 20):
        answer = app.test_client().get(f"/admin/calls?{query}", headers=BEARER)
        assert answer.status_code in (200, 422), query


def test_filters_of_twilios_list_are_checked_before_the_request_to_twilio(admin):
    for query in (
        {"limit": 1001},
        {"cursor": "abc"},
        {"status": "initiated"},
        {"start_time_after": "x"},
        {"q": "x"},
    ):
        assert set(query) == fields(admin.get("/twilio/calls", **query)), query


# One call


def test_one_call_is_shown_with_its_events_and_commands(admin, twilio, registry):
    call_sid = twilio.calls()
    twilio.scene(call_sid, "menu")
    shown = admin.get(f"/calls/{call_sid}").json
    assert set(shown) == {"call", "events", "commands", "legs", "would_drop"}
    assert [event["kind"] for event in shown["events"]] == ["webhook.incoming", "webhook.scene"]
    assert set(shown["events"][0]) == {"id", "call_sid", "kind", "at", "source", "details", "command_id"}
    assert shown["commands"] == []


def test_an_unknown_call_is_not_found(app):
    client, possible = app.test_client(), "CA" + "0" * 32
    for call_sid in (possible, "CA", "x", "%00", "CA%00", "%ff", "..", "x" * 3000, "\u0661"):
        assert_error(client.get(f"/admin/calls/{call_sid}", headers=BEARER), 404, "call_not_found")
        if call_sid != possible:  # for this one Midcall would ask Twilio
            answer = client.get(f"/admin/calls/{call_sid}?source=twilio", headers=BEARER)
            assert_error(answer, 404, "call_not_found")
            assert_error(client.post(f"/admin/calls/{call_sid}/end", headers=BEARER), 404, "call_not_found")


def test_a_call_is_read_from_the_registry_or_from_twilio(admin, twilio):
    call_sid = twilio.calls()
    assert admin.get(f"/calls/{call_sid}", source="registry").status_code == 200
    assert fields(admin.get(f"/calls/{call_sid}", source="memory")) == {"source"}
    assert fields(admin.get(f"/calls/{call_sid}", sauce="twilio")) == {"sauce"}


# Commands


def test_a_command_has_the_fields_of_the_contract(admin, twilio):
    call_sid = twilio.calls()
    twilio.status(call_sid, "completed")
    answer = admin.post(f"/calls/{call_sid}/end")
    assert answer.status_code == 200
    command = answer.json
    assert set(command) == {
        "id", "call_sid", "command", "arguments", "operator", "state", "twilio_code", "message", "requested_at",
        "finished_at",
    }  # fmt: skip
    assert (command["call_sid"], command["command"], command["arguments"]) == (call_sid, "end", {})
    assert (command["operator"], command["state"]) == ("ADMIN_TOKEN", "confirmed")
    assert admin.get(f"/calls/{call_sid}").json["commands"] == [command]


@pytest.mark.parametrize(
    ("command", "body"), [("redirect", {"scene": "menu"}), ("twiml", {"twiml": "<Response/>"})]
)
def test_a_call_that_has_ended_refuses_changes(admin, twilio, command, body):
    call_sid = twilio.calls()
    twilio.status(call_sid, "completed")
    answer = admin.post(f"/calls/{call_sid}/{command}", body)
    assert_error(answer, 409, "call_not_in_progress")
    assert answer.json["command"]["state"] == "refused"


def test_an_unknown_command_is_not_found(admin, twilio):
    call_sid = twilio.calls()
    for command in ("dance", "END", "end.", "dial", "__init__", "x" * 1000):
        assert_error(admin.post(f"/calls/{call_sid}/{command}"), 404, "not_found")


REFUSED = [
    ("redirect", {}, ""),
    ("redirect", {"scene": "menu", "url": f"{PUBLIC_URL}/x"}, ""),
    ("redirect", {"scene": "nowhere"}, "scene"),
    ("redirect", {"scene": "menu", "params": {"attempt": 9}}, "params.attempt"),
    ("redirect", {"scene": "menu", "params": {"colour": "red"}}, "params.colour"),
    ("redirect", {"scene": "announcement"}, "params.text"),
    ("redirect", {"scene": "menu", "params": []}, "params"),
    ("redirect", {"scene": 7}, "scene"),
    ("redirect", {"scene": "menu", "method": "GET"}, ""),
    ("redirect", {"url": f"{PUBLIC_URL}/x", "method": "DELETE"}, "method"),
    ("redirect", {"url": "https://elsewhere.example/"}, "url"),
    ("redirect", {"url": "ftp://calls.example.com/"}, "url"),
    ("redirect", {"url": "/voice/incoming"}, "url"),
    ("redirect", {"url": "https://calls.example.com:8443/"}, "url"),
    ("redirect", {"url": "https://calls.example.com@elsewhere.example/"}, "url"),
    ("redirect", {"url": "https://calls.example.com\\@elsewhere.example/"}, "url"),
    ("redirect", {"url": "https://calls.example.com/a b"}, "url"),
    ("redirect", {"scene": "menu", "surely_unknown": 1}, "surely_unknown"),
    ("twiml", {}, "twiml"),
    ("twiml", {"twiml": ""}, "twiml"),
    ("twiml", {"twiml": "<Response><Dance/></Response>"}, "twiml"),
    ("twiml", {"twiml": "<Response>"}, "twiml"),
    ("twiml", {"twiml": "<!DOCTYPE x><Response/>"}, "twiml"),
    ("end", {"status": "completed"}, "status"),
]


def test_refused_arguments_are_named_and_not_recorded(admin, twilio, registry):
    call_sid = twilio.calls()
    before = registry.events.last_id()
    for command, body, field in REFUSED:
        assert field in fields(admin.post(f"/calls/{call_sid}/{command}", body)), (command, body)
    assert registry.events.last_id() == before
    assert registry.commands.of_call(call_sid) == []


def test_a_problem_in_twiml_is_refused_with_its_position(admin, twilio):
    answer = admin.post(f"/calls/{twilio.calls()}/twiml", {"twiml": "<Response>\n <Dance/></Response>"})
    (problem,) = assert_error(answer, 422, "arguments_refused")["fields"]
    assert problem == {
        "field": "twiml",
        "message": "Line 2, column 2: <Dance> is not a TwiML verb.",
        "line": 2,
        "column": 2,
    }


BEYOND_THE_ALLOW_LIST = (
    '<Start><Stream url="wss://elsewhere.example/"/></Start>',
    "<Redirect>https://elsewhere.example/</Redirect>",
    "<Redirect>http://calls.example.com/</Redirect>",
    '<Gather action="//elsewhere.example/"/>',
    '<Dial><Number url="https://elsewhere.example/">+14155550188</Number></Dial>',
    '<Dial recordingStatusCallback="https://elsewhere.example/">+14155550188</Dial>',
    "<Play>https://elsewhere.example/sound.mp3</Play>",
)


@pytest.mark.parametrize("verb", BEYOND_THE_ALLOW_LIST)
def test_twiml_with_a_url_beyond_the_allow_list_is_refused_for_a_call_and_for_a_dial(admin, twilio, verb):
    document = {"twiml": f"<Response>{verb}</Response>"}
    assert fields(admin.post(f"/calls/{twilio.calls()}/twiml", document)) == {"twiml"}
    assert fields(admin.post("/calls", {"to": "+14155550188", "from": "+14155550100", **document})) == {
        "twiml"
    }


REFUSED_DIALS = [
    ({}, "to"), ({}, "from"), ({"to": "+1", "from": "+2"}, ""), ({"to": "", "from": "+2", "scene": "menu"}, "to"),
    ({"to": "+1", "from": "+2", "scene": "menu", "twiml": "<Response/>"}, ""),
    ({"to": "+1", "from": "+2", "scene": "nowhere"}, "scene"),
    ({"to": "+1", "from": "+2", "url": "https://elsewhere.example/"}, "url"),
    ({"to": "+1", "from": "+2", "url": f"{PUBLIC_URL}/x", "params": {"a": 1}}, ""),
    ({"to": 1, "from": "+2", "scene": "menu"}, "to"),
]  # fmt: skip


def test_refused_arguments_of_dial_are_named(admin, registry):
    for body, field in REFUSED_DIALS:
        assert field in fields(admin.post("/calls", body)), body
    assert registry.events.last_id() == 0


NOT_OBJECTS = [
    b"[]", b"null", b'"text"', b"7", b"{", b'{"scene": "\xff"}', b"\xff\xfe", b'{"scene":"a\\u0000b"}', b" ", b"a=b",
    b'{"scene":"\\ud800"}', b'{"\\ud800":1}', b'{"params":' + b"[" * 50_000, b'{"a":' + b"9" * 5_000 + b"}",
]  # fmt: skip


def test_a_body_that_is_not_a_json_object_is_malformed(app, twilio, registry):
    call_sid, client = twilio.calls(), app.test_client()
    for path in ("/admin/calls", f"/admin/calls/{call_sid}/redirect", f"/admin/calls/{call_sid}/end"):
        for body in NOT_OBJECTS:
            assert_error(client.post(path, data=body, headers=BEARER), 400, "malformed")
    assert registry.commands.of_call(call_sid) == []


def test_an_escaped_backslash_before_u0000_is_text(admin, twilio):
    """The text only looks like an escaped NUL."""
    assert fields(admin.post(f"/calls/{twilio.calls()}/redirect", {"scene": "a\\u0000b"})) == {"scene"}


def test_a_body_over_the_limit_is_too_large(app, twilio):
    path = f"/admin/calls/{twilio.calls()}/twiml"
    answer = app.test_client().post(path, json={"twiml": "x" * 200_000}, headers=BEARER)
    assert_error(answer, 413, "too_large")


def test_a_malformed_idempotency_key_is_refused(app, twilio, registry):
    call_sid = twilio.calls()
    for key in ("", "x" * 201, "\u00e9", "a\tb"):
        answer = app.test_client().post(
            f"/admin/calls/{call_sid}/end", headers={**BEARER, "Idempotency-Key": key}
        )
        assert_error(answer, 400, "malformed")
    assert registry.commands.of_call(call_sid) == []


def test_a_repeat_with_the_same_key_returns_the_same_command(admin, twilio, registry):
    call_sid, other = twilio.calls(), twilio.calls()
    for sid in (call_sid, other):
        twilio.status(sid, "completed")
    first, again = (admin.post(f"/calls/{call_sid}/end", Idempotency_Key="k" * 200) for _ in range(2))
    assert first.json == again.json
    assert len(registry.commands.of_call(call_sid)) == 1
    assert_error(admin.post(f"/calls/{other}/end", Idempotency_Key="k" * 200), 409, "idempotency_key_reused")
    assert registry.commands.of_call(other) == []


def test_a_key_belongs_to_its_operator(app, admin, twilio, registry):
    call_sid = twilio.calls()
    twilio.status(call_sid, "completed")
    ada = Operator(app.test_client(), registry.tokens.create("ada", "operator", TESTER))
    ids = {
        operator.post(f"/calls/{call_sid}/end", Idempotency_Key="k").json["id"] for operator in (admin, ada)
    }
    assert len(ids) == 2


def test_a_repeat_of_a_refused_command_gets_the_same_error(admin, twilio):
    call_sid = twilio.calls()
    twilio.status(call_sid, "completed")
    first, again = (
        admin.post(f"/calls/{call_sid}/redirect", {"scene": "menu"}, Idempotency_Key="k") for _ in range(2)
    )
    assert_error(again, 409, "call_not_in_progress")
    assert first.json == again.json


# Twilio or the registry unavailable


def test_an_unreachable_twilio_is_a_502(admin, twilio):
    call_sid = twilio.calls()
    assert_error(admin.get(f"/calls/{call_sid}", source="twilio"), 502, "twilio_failed")
    assert_error(admin.get("/twilio/calls"), 502, "twilio_failed")
    answer = admin.post(f"/calls/{call_sid}/redirect", {"scene": "menu"})
    assert_error(answer, 502, "twilio_failed")
    assert answer.json["command"]["state"] == "refused"  # nothing was sent, so Twilio executed nothing
    assert admin.get(f"/calls/{call_sid}").json["call"]["live"]


@pytest.fixture
def silent_twilio(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The app with a Twilio that accepts connections and never answers."""
    path = tmp_path / "midcall.db"
    path.write_bytes(sqlite_template.read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        given = settings(
            TWILIO_API_URL=address, DATABASE_URL=f"sqlite:///{path}", SPOOL_DIR=str(tmp_path / "spool")
        )
        app = create_app(given, dotenv=None)
        yield app
        app.extensions["midcall"].close()


def test_a_silent_twilio_is_a_504(silent_twilio):
    admin = Operator(silent_twilio.test_client(), ADMIN_TOKEN)
    assert_error(admin.get(f"/calls/{new_call_sid()}", source="twilio"), 504, "twilio_silent")


def test_without_the_registry_commands_are_refused(tmp_path):
    unreachable = f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/x"
    app = create_app(settings(DATABASE_URL=unreachable, SPOOL_DIR=str(tmp_path)), dotenv=None)
    admin = Operator(app.test_client(), ADMIN_TOKEN)
    for answer in (admin.get("/calls"), admin.get("/events"), admin.post(f"/calls/{new_call_sid()}/end")):
        assert_error(answer, 503, "registry_unavailable")
        assert answer.headers["Retry-After"] == "1"
    stranger = Operator(app.test_client(), "mc_unknown")
    assert_error(stranger.get("/calls"), 503, "registry_unavailable")
    for path in ("/scenes", "/commands", "/openapi.json", "/docs"):
        assert admin.get(path).status_code == 200


# Errors


def test_every_error_class_has_a_status():
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MidcallError)
    ]
    answered = [
        kind for kind in kinds if kind not in (MidcallError, errors.SettingInvalid)
    ]  # ends the start, and is never answered over HTTP
    assert [kind for kind in answered if not set(kind.__mro__) & set(STATUS)] == []
    own = [kind for kind in kinds if "code" in vars(kind)]
    assert len({kind.code for kind in own}) == len(own)


def test_statuses_are_those_of_the_contract():
    contract = {
        errors.Malformed: 400, errors.NotSignedIn: 401, errors.NotAllowed: 403, errors.BadSignature: 403,
        errors.NotFound: 404, errors.WrongState: 409, errors.ArgumentsRefused: 422, errors.TwilioRefused: 502,
        errors.TwilioFailed: 502, errors.TwilioTimeout: 504,
    }  # fmt: skip
    assert {kind: STATUS[kind] for kind in contract} == contract


def test_an_unknown_path_is_not_found(app):
    for path in ("/", "/nowhere", "/admin", "/admin/nowhere", "/voice/", "/admin/calls/a/b/c", "/%00"):
        assert_error(app.test_client().get(path, headers=BEARER), 404, "not_found")


def test_an_unsupported_method_is_not_allowed(app):
    for route in ("DELETE /admin/calls", "PUT /admin/calls/x", "GET /admin/calls/x/end", "POST /healthz"):
        method, path = route.split()
        answer = app.test_client().open(path, method=method, headers=BEARER)
        assert_error(answer, 405, "method_not_allowed")
        assert "OPTIONS" in answer.headers["Allow"]


def test_a_bug_is_answered_without_its_traceback(app):
    def broken() -> str:
        raise ZeroDivisionError("a secret of the inside")

    app.view_functions["health.alive"] = broken
    answer = app.test_client().get("/healthz")
    error = assert_error(answer, 500, "http_error")
    assert "secret" not in answer.text
    assert "logged" in error["message"]


# The document


class Links(HTMLParser):
    """The URLs that a page refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def test_the_docs_page_needs_no_other_host(admin, app):
    page = admin.get("/docs")
    assert page.mimetype == "text/html"
    links = Links(page.text).found
    assert links
    assert [link for link in links if re.match(r"[a-z]+:|//", link)] == []
    for link in links:
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in page.text, link
        else:
            assert app.test_client().get(link, headers=BEARER).status_code == 200, link
    style = app.test_client().get("/static/docs.css").text
    assert "http" not in style
    assert "@import" not in style


def references(part: Any) -> Iterator[str]:
    """Every $ref of a document."""
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == "$ref")
        for value in part.values():
            yield from references(value)
    if isinstance(part, list):
        for value in part:
            yield from references(value)


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a document."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "schema":
                yield value
            else:
                yield from schemas(value)
    if isinstance(part, list):
        for value in part:
            yield from schemas(value)


def test_the_document_is_valid_openapi(admin):
    document = admin.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    found = [*schemas(document["paths"]), *document["components"]["schemas"].values()]
    assert len(found) > 30
    for schema in found:
        meta.validate(schema)
    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert isinstance(place, dict)
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert {"401", "403"} <= set(operation["responses"])
            assert operation["summary"]
