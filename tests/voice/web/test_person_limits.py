"""Bounds for each person: what one operator opens or looks up leaves room for the others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time

from tests.support.clients import ADMIN_TOKEN, TESTER, settings
from voice import create_app
from voice.errors import TooManyRequests
from voice.web.person_limits import AT_ONCE, TWILIO_BURST, TWILIO_EVERY_SECONDS, PersonLimits
from voice.web.twilio_lookups import KEPT_SECONDS, TwilioLookups


@pytest.fixture
def app(sqlite_url, tmp_path) -> Iterator[Flask]:
    """An app with eight event streams."""
    given = settings(DATABASE_URL=sqlite_url, SPOOL_DIR=str(tmp_path), MAX_EVENT_STREAMS="8")
    app = create_app(given, dotenv=None)
    yield app
    app.extensions["midcall"].close()


def bearer(app: Flask, name: str) -> dict[str, str]:
    """The headers of a new viewer."""
    token = app.extensions["midcall"].registry.tokens.create(name, "viewer", TESTER)
    return {"Authorization": f"Bearer {token}"}


def test_a_person_has_a_quarter_of_the_streams_and_leaves_the_rest_to_others(app):
    client, ada, bob = app.test_client(), bearer(app, "ada"), bearer(app, "bob")
    mine = [client.get("/admin/events", headers=ada, buffered=False) for _ in range(2)]
    refused = client.get("/admin/live/events", headers=ada)
    assert (refused.status_code, refused.json["error"]["code"]) == (429, "too_many_requests")
    assert "Retry-After" in refused.headers
    other = client.get("/admin/events", headers=bob, buffered=False)
    admin = [
        client.get("/admin/events", headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}, buffered=False)
        for _ in "123"
    ]
    assert {one.status_code for one in [*mine, other, *admin]} == {200}
    mine[0].close()
    mine.append(client.get("/admin/events", headers=ada, buffered=False))
    assert mine[-1].status_code == 200
    for one in [*mine, other, *admin]:
        one.close()


def test_a_slot_is_freed_once_and_each_person_has_slots(app):
    limits = app.extensions["limits"]
    for what, most in AT_ONCE.items():
        closers = [limits.open("ada", what) for _ in range(most)]
        with pytest.raises(TooManyRequests, match=what):
            limits.open("ada", what)
        limits.open("bob", what)
        closers[0]()
        closers[0]()
        limits.open("ada", what)
        with pytest.raises(TooManyRequests):
            limits.open("ada", what)


class Twilio:
    """Answers look-ups of calls and counts them; each waits until `answers` is set."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers = threading.Event()

    def fetch(self, call_sid: str) -> dict[str, Any]:
        """The Call resource."""
        self.asked.append(call_sid)
        assert self.answers.wait(30)
        return {"sid": call_sid, "number": len(self.asked)}


def test_look_ups_of_a_call_at_the_same_time_share_one_request_to_twilio():
    twilio, found = Twilio(), []
    lookups = TwilioLookups(twilio.fetch, PersonLimits(4))
    with freeze_time() as clock:
        threads = [
            threading.Thread(target=lambda: found.append(lookups.call("ada", "CA1"))) for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        twilio.answers.set()
        for thread in threads:
            thread.join()
        assert ([one["number"] for one in found], twilio.asked) == ([1] * 20, ["CA1"])
        assert lookups.call("bob", "CA2")["number"] == 2
        clock.tick(KEPT_SECONDS)
        assert lookups.call("ada", "CA1")["number"] == 3


def test_requests_to_twilio_are_bounded_for_each_person():
    twilio, limits = Twilio(), PersonLimits(4)
    twilio.answers.set()
    lookups = TwilioLookups(twilio.fetch, limits)
    with freeze_time() as clock:
        for number in range(TWILIO_BURST):
            lookups.call("ada", f"CA{number}")
        with pytest.raises(TooManyRequests):
            lookups.call("ada", "CA99")
        assert lookups.call("ada", "CA1")
        lookups.call("bob", "CA99")
        clock.tick(TWILIO_EVERY_SECONDS)
        limits.count_twilio("ada")
        with pytest.raises(TooManyRequests):
            limits.count_twilio("ada")


@pytest.mark.slow
def test_the_api_shares_and_bounds_look_ups(app):
    """Nothing listens at the address of Twilio: each request that is made fails, and the bound is reached."""
    client, ada = app.test_client(), bearer(app, "ada")
    with freeze_time():
        statuses = [
            client.get(path, headers=ada).status_code
            for path in ["/admin/twilio/calls", "/admin/calls/CA" + "0" * 32 + "?source=twilio"] * 16
        ]
    assert (set(statuses[:TWILIO_BURST]), set(statuses[TWILIO_BURST:])) == ({502}, {429})


def test_lists_of_recordings_are_look_ups_at_twilio(app):
    client, ada = app.test_client(), bearer(app, "ada")
    with freeze_time():
        for _ in range(TWILIO_BURST):
            app.extensions["limits"].count_twilio("ada")
        answer = client.get(f"/admin/calls/CA{'0' * 32}/recordings", headers=ada)
    assert answer.status_code == 429


@pytest.mark.parametrize("path", ["/admin/live?q=0188", "/admin/calls?q=0188"])
def test_searches_are_bounded_and_the_live_list_is_not(app, path):
    client, ada = app.test_client(), bearer(app, "ada")
    for _ in range(AT_ONCE["searches"]):
        app.extensions["limits"].open("ada", "searches")
    assert client.get(path, headers=ada).status_code == 429
    assert client.get(path, headers=bearer(app, "bob")).status_code == 200
    assert client.get("/admin/live", headers=ada).status_code == 200
