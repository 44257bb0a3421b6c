"""Random webhooks: each is answered with TwiML, with 204 or with a documented error, and never with a 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_from_bytes, urlencode
from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from tests.support.clients import PUBLIC_URL, TOKEN, form, settings
from tests.support.postgres import PostgreSQL
from tests.support.signing import HEADER, signature
from voice import create_app
from voice.calls import RANKS, is_call_sid
from voice.registry import CallQuery
from voice.scenes import all_scenes

CALL_SID = "CA" + "f" * 32
MIME = "application/x-www-form-urlencoded"
REFUSALS = {400: "malformed", 403: "bad_signature", 413: "too_large"}
FUZZ = bounds(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
SEGMENT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1, max_size=60)
NAMES = st.sampled_from([
    "CallSid", "From", "To", "CallStatus", "Direction", "ParentCallSid", "Timestamp", "CallDuration", "SequenceNumber",
    "Digits", "SpeechResult", "DialCallStatus", "RecordingSid", "RecordingStatus", "RecordingDuration", "ErrorUrl",
    "CallbackSource", "AccountSid", "Caller", "FromCity", "msg",
])  # fmt: skip
STRANGE = [
    CALL_SID, "", "\0", "9" * 30, "-1", "1e9", "\u0663", "x" * 5000, "client:<Hangup/>", "\ufffe\U0010ffff", "https://[",
    "Sun, 01 Mar 2026 09:30:00 +0000", "Mon, 01 Jan 0001 00:00:00 +1400", "Fri, 31 Dec 9999 23:59:59 -2359", "0",
    "Sun, 01 Mar 2026 09:30:00 -0000", "Sun, 99 Mar 2026 99:99:99 +9999", f"{PUBLIC_URL}/voice/[",
    f"{PUBLIC_URL}/voice/scenes/menu?retry={'9' * 30}", f"{PUBLIC_URL}/voice/\0",
]  # fmt: skip
VALUES = st.one_of(
    TEXT,
    st.sampled_from(sorted(RANKS)),
    st.sampled_from(STRANGE),
)  # fmt: skip
FIELDS = st.lists(st.tuples(st.one_of(NAMES, NAMES, TEXT), VALUES), max_size=12)
PATHS = st.one_of(
    st.sampled_from(["/voice/incoming", "/voice/fallback", "/voice/status", "/voice/recording"]),
    st.sampled_from([f"/voice/scenes/{name}" for name in all_scenes()]),
    SEGMENT.map(lambda text: f"/voice/scenes/{quote(text, safe='')}"),
)
QUERIES = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(["attempt", "retry", "command", "text", "then", "to", "max_seconds"]), TEXT
        ),
        VALUES,
    ),
    max_size=4,
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for all examples, whose registry is checked as well."""
    folder = tmp_path_factory.mktemp("fuzz")
    if request.param == "sqlite":
        (folder / "midcall.db").write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield from running(f"sqlite:///{folder / 'midcall.db'}", folder)
    else:
        server: PostgreSQL = request.getfixturevalue("postgresql")
        with server.database() as url:
            yield from running(url, folder)


def running(url: str, folder: Path) -> Iterator[Flask]:
    app = create_app(settings(DATABASE_URL=url, SPOOL_DIR=str(folder / "spool")), dotenv=None)
    yield app
    services = app.extensions["midcall"]
    while services.recorder.spool.waiting:
        services.recorder.spool.drain(services.registry.events.record)
    services.close()


def post(app: Flask, target: str, body: bytes, signed: str, token: str | None = None):
    """Send a webhook with this signature."""
    headers = {HEADER: signed} | ({"I-Twilio-Idempotency-Token": token} if token else {})
    return app.test_client().post(target, data=body, content_type=MIME, headers=headers)


def assert_answered(answer, path: str) -> None:
    """Assert TwiML for a caller who waits, 204 for a callback, or a documented error."""
    if answer.status_code in REFUSALS:
        assert answer.json["error"]["code"] == REFUSALS[answer.status_code]
    elif path in ("/voice/status", "/voice/recording"):
        assert answer.status_code == 204
    else:
        assert (answer.status_code, answer.mimetype) == (200, "text/xml"), answer.text
        assert ElementTree.fromstring(answer.data).tag == "Response"


def assert_registry_is_sound(app: Flask) -> None:
    """Assert that the spool is empty, that no event was rejected, and that every call is valid."""
    services = app.extensions["midcall"]
    assert not services.recorder.spool.waiting
    assert not list(Path(services.config["SPOOL_DIR"]).glob("rejected*"))
    calls, _ = services.registry.calls.find(CallQuery(limit=200))
    assert all(is_call_sid(call.call_sid) and call.status in RANKS for call in calls)
    assert all(call.parent_call_sid is None or is_call_sid(call.parent_call_sid) for call in calls)


@FUZZ
@given(path=PATHS, query=QUERIES, fields=FIELDS, token=st.none() | st.sampled_from(["t", "x" * 300]))
def test_every_signed_webhook_is_answered(app, path, query, fields, token):
    pairs = [*form(CALL_SID).items(), *fields]
    target = f"{path}?{urlencode(query)}" if query else path
    url = PUBLIC_URL + target
    answer = post(app, target, urlencode(pairs).encode(), signature(url, pairs, TOKEN), token)
    assert answer.status_code not in (403, 400), answer.text  # the first CallSid is valid
    assert_answered(answer, path)
    assert_registry_is_sound(app)


@FUZZ
@given(path=PATHS, fields=FIELDS)
def test_a_webhook_without_a_valid_call_sid_is_refused_or_answered(app, path, fields):
    answer = post(app, path, urlencode(fields).encode(), signature(PUBLIC_URL + path, fields, TOKEN))
    assert_answered(answer, path)
    first = next((value.replace("\0", "") for name, value in fields if name == "CallSid"), "")
    is_callback = path in ("/voice/status", "/voice/recording")  # no caller waits for its answer
    assert (answer.status_code == 400) is (is_callback and not is_call_sid(first))
    assert_registry_is_sound(app)


@FUZZ
@given(path=PATHS, body=st.binary(max_size=300), signed=st.one_of(TEXT, st.just("")))
def test_unsigned_bytes_are_refused(app, path, body, signed):
    before = app.extensions["midcall"].registry.events.last_id()
    header = signed.encode().decode("latin-1").replace("\r", "").replace("\n", "")
    answer = post(app, path, body, header)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "bad_signature")
    assert app.extensions["midcall"].registry.events.last_id() == before


@FUZZ
@given(name=st.sampled_from(["From", "SpeechResult", "CallStatus"]), raw=st.binary(min_size=1, max_size=40))
def test_bytes_that_are_not_utf8_are_answered(app, name, raw):
    """Invalid bytes are replaced before the signature is checked."""
    text = raw.decode("utf-8", "replace")
    pairs = [("CallSid", CALL_SID), (name, text)]
    body = f"CallSid={CALL_SID}&{name}={quote_from_bytes(raw)}".encode()
    answer = post(app, "/voice/status", body, signature(f"{PUBLIC_URL}/voice/status", pairs, TOKEN))
    assert answer.status_code == 204
    assert_registry_is_sound(app)


@pytest.mark.parametrize("fields", [990, 1200])
def test_a_webhook_with_many_fields_is_answered(app, fields):
    pairs = [*form(CALL_SID).items(), *((f"Field{number}", "x") for number in range(fields))]
    answer = post(
        app, "/voice/status", urlencode(pairs).encode(), signature(f"{PUBLIC_URL}/voice/status", pairs, TOKEN)
    )
    assert answer.status_code in (204, 400)
    assert_answered(answer, "/voice/status")


def test_an_end_with_an_impossible_duration_is_recorded(app):
    """A duration that reaches back before the year 1 is ignored; the end is recorded."""
    pairs = [("CallSid", "CA" + "e" * 32), ("CallStatus", "completed"), ("CallDuration", "999999999"),
             ("Timestamp", "Mon, 01 Jan 0001 00:00:00 +0000")]  # fmt: skip
    answer = post(
        app, "/voice/status", urlencode(pairs).encode(), signature(f"{PUBLIC_URL}/voice/status", pairs, TOKEN)
    )
    assert answer.status_code == 204
    assert_registry_is_sound(app)
    assert app.extensions["midcall"].registry.calls.get("CA" + "e" * 32).status == "completed"
