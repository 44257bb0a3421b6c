"""Secret scenes: the keys of the caller are stored nowhere, also if the scene, Twilio or the database fails."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy import MetaData

from tests.support.fixtures import DATABASES_OF_STACKS
from tests.support.stack import ROOT, Stack
from voice.registry.engine.database import open_database

PIN = '''
from twilio.twiml.voice_response import VoiceResponse
from voice.scenes.scene import Params, scene
from voice.scenes.visit import Visit


@scene("PIN")
def pin(visit: Visit, _params: Params) -> VoiceResponse:
    """Ask for eight digits."""
    response = VoiceResponse()
    gather = response.gather(num_digits=8, timeout=60, action=visit.url("pin_checked"))
    gather.say("Please enter your PIN.")
    return response


@scene("PIN checked", secret=True)
def pin_checked(visit: Visit, _params: Params) -> VoiceResponse:
    """Check the PIN. One that starts with 9 raises an error."""
    response = VoiceResponse()
    if visit.digits.startswith("9"):
        raise ValueError(f"no such PIN: {visit.digits}")
    response.say("Your PIN is right." if visit.digits else "No PIN was entered.")
    response.pause(length=60)
    return response
'''
SECRETS = RIGHT, PARTIAL, INTERRUPTED, RAISING, FAILING, SPOOLED = (
    "47110815", "66201937", "80357261", "93571482", "75028413", "18273645",
)  # fmt: skip


@pytest.fixture
def home(tmp_path):
    """A copy of the project with one more scene."""
    for folder in ("voice", "midcall_emulator"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("app.py", "gunicorn.conf.py"):
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "voice/scenes/pin.py").write_text(PIN)
    return tmp_path


@pytest.fixture(params=DATABASES_OF_STACKS)
def stack(request, home):
    """The copy, running. `outage` is a time without its database."""
    url = request.getfixturevalue(f"{request.param}_url")
    (home / "logs").mkdir()
    changes = {"home": home, "outage": lambda stack: OUTAGES[request.param](request, stack)}
    with type("Copy", (Stack,), changes)(home / "logs", url) as running:
        running.twilio.clock(speed=10)
        yield running


@contextmanager
def lock_sqlite(_request, stack):
    """Hold the write lock of the SQLite file."""
    path = stack.environment["DATABASE_URL"].removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("COMMIT")
    other.close()


@contextmanager
def stop_postgresql(request, _stack):
    """Stop PostgreSQL."""
    server = request.getfixturevalue("postgresql")
    server.stop(signal.SIGQUIT)
    try:
        yield
    finally:
        server.start()


OUTAGES = {"sqlite": lock_sqlite, "postgresql": stop_postgresql}


def call_pin(stack):
    """A caller who hears the prompt for the PIN."""
    phone = stack.dial()
    stack.admin.command(phone, "redirect", scene="pin")
    return phone.hears("enter your PIN")


def hang_up(stack, phone):
    """Hang up, and wait until the registry knows the end."""
    phone.hangup().waits_for(status="completed")
    stack.wait_until(lambda: not stack.admin.story(phone)["call"]["live"])


def text_of_files(stack):
    """Everything on disk except the database: the logs of all processes, and the spool."""
    return "\n".join(p.read_text(errors="replace") for p in stack.folder.rglob("*") if p.is_file())


def text_of_tables(stack):
    """Every row of every table."""
    with open_database(stack.environment["DATABASE_URL"]) as database:

        def rows(connection):
            tables = MetaData()
            tables.reflect(connection)
            return "\n".join(str(r) for t in tables.sorted_tables for r in connection.execute(t.select()))

        return database.read(rows)


def text_of_api(stack, phones):
    """Everything that the API shows, including the feed from its start."""
    last = stack.admin.story(phones[-1])["events"][-1]["id"]
    with stack.admin.events(after=0) as events:
        feed = []
        while not feed or feed[-1]["id"] < last:
            feed.append(next(events))
    details = [
        stack.admin.get(f"/calls/{phone.sid}", **query).text for phone in phones for query in ({}, TWILIO)
    ]
    return "\n".join([str(feed), *details, stack.admin.get("/calls").text])


TWILIO = {"source": "twilio"}


def test_input_of_a_secret_scene_is_stored_nowhere(stack):
    right = call_pin(stack).press(RIGHT).hears("Your PIN is right.")
    stack.admin.command(right, "say", text="By the way.")
    right.hears("By the way.").hears("No PIN was entered.")  # the caller returns without the keys

    interrupted = call_pin(stack).press(PARTIAL[:7])
    stack.admin.command(interrupted, "say", text="One thing first.")
    interrupted.hears("One thing first.").hears("enter your PIN", times=1)
    interrupted.press(INTERRUPTED).hears("Your PIN is right.")

    raising = call_pin(stack).press(RAISING).hears("One moment, please.")

    failing = call_pin(stack)
    fault = {"on": "webhook", "match": "/voice/scenes/pin_checked", "times": 1, "do": "status", "value": 500}
    stack.twilio.faults([fault])
    failing.press(FAILING).hears("One moment, please.")

    spooled = call_pin(stack)
    with stack.outage():
        spooled.press(SPOOLED).hears("Your PIN is right.")
        stack.wait_until(lambda: (stack.folder / "spool/waiting.jsonl").stat().st_size > 0)
        spooled_files = text_of_files(stack)
    stack.wait_until(lambda: (stack.folder / "spool/waiting.jsonl").stat().st_size == 0)

    phones = [right, interrupted, raising, failing, spooled]
    for phone in phones:
        hang_up(stack, phone)
    story = str(stack.admin.story(right))
    assert "(secret)" in story  # the event says that keys were pressed
    places = {
        "disk": text_of_files(stack),
        "spool": spooled_files,
        "tables": text_of_tables(stack),
        "api": text_of_api(stack, phones),
    }
    assert {
        (place, secret) for place, text in places.items() for secret in SECRETS if secret[:7] in text
    } == set()
    assert "pin_checked cannot be built: ValueError" in places["disk"]
    assert "pin_checked" in places["spool"]
    assert "pin_checked" in places["tables"]
