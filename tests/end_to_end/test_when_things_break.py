"""The caller comes first: with the database gone or locked, or a worker killed, calls go on and nothing is lost."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest
import requests

from tests.support.stack import Stack

pytestmark = pytest.mark.slow
MENU_WORDS = "press 1"


@pytest.fixture
def postgres_stack(postgresql, tmp_path):
    with postgresql.database() as url, Stack(tmp_path, url) as stack:
        stack.twilio.clock(speed=10)
        yield stack


@pytest.fixture
def sqlite_stack(sqlite_template, tmp_path):
    shutil.copy(sqlite_template, tmp_path / "midcall.db")
    with Stack(tmp_path, f"sqlite:///{tmp_path}/midcall.db") as stack:
        stack.twilio.clock(speed=10)
        yield stack


@contextmanager
def locked(path):
    """Another process's write transaction; SQLite does not care who it is."""
    other = sqlite3.connect(path, isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("COMMIT")
    other.close()


def assert_all_answered(stack, phones):
    stack.twilio.settle()
    assert {request["status"] for phone in phones for request in phone.requests} == {200, 204}


def recorded(stack, phone):
    stack.wait_until(lambda: stack.admin.get(f"/calls/{phone.sid}").status_code == 200)
    return stack.admin.wait_for(phone, told_of_the_end)


def told_of_the_end(story):
    """Twilio's own word of it: the sweep may have found out before the spool came so far."""
    said = [event["details"]["twilio"] for event in story["events"] if event["kind"] == "webhook.status"]
    return any(callback["CallStatus"] == "completed" for callback in said)


def scenes_of(story):
    return [event["details"]["scene"] for event in story["events"] if "scene" in event["details"]]


def test_postgresql_stops_and_comes_back(postgres_stack, postgresql):
    stack = postgres_stack
    before = stack.dial()
    postgresql.stop(signal.SIGQUIT)
    with ThreadPoolExecutor(8) as pool:
        phones = list(pool.map(lambda _: stack.dial(), range(8)))
    degraded = requests.get(f"{stack.url}/readyz", timeout=5).json()
    assert "database" in degraded["degraded"]
    assert stack.admin.post(f"/calls/{before.sid}/end").status_code == 503
    for phone in (before, *phones):
        phone.press("2").hears("We are open").hangup().waits_for(status="completed")
    assert_all_answered(stack, phones)
    postgresql.start()
    for phone in phones:
        story = recorded(stack, phone)
        assert scenes_of(story)[:4] == ["greeting", "menu", "choice", "opening_hours"]
        assert sum(event["kind"] == "webhook.status" for event in story["events"]) == 1
    stack.wait_until(lambda: requests.get(f"{stack.url}/readyz", timeout=5).json()["status"] == "ready")


def test_sqlite_is_locked_by_another_writer(sqlite_stack):
    stack = sqlite_stack
    with locked(stack.folder / "midcall.db"), ThreadPoolExecutor(8) as pool:
        phones = list(pool.map(lambda _: stack.dial(), range(16)))
        for phone in phones:
            phone.hangup().waits_for(status="completed")
        assert_all_answered(stack, phones)
    for phone in phones:
        assert scenes_of(recorded(stack, phone))[:2] == ["greeting", "menu"]


def test_what_was_spooled_survives_a_kill_of_everything(sqlite_stack):
    stack = sqlite_stack
    with locked(stack.folder / "midcall.db"):
        phone = stack.dial().hangup().waits_for(status="completed")
        stack.twilio.settle()
        stack.stop("web", signal.SIGKILL)
        stack.stop("worker", signal.SIGKILL)
    stack.start_app()
    assert scenes_of(recorded(stack, phone))[:2] == ["greeting", "menu"]


def test_a_killed_worker_takes_no_event_with_it(sqlite_stack):
    stack = sqlite_stack
    phones = [stack.dial() for _ in range(4)]
    killed = psutil.Process(stack.processes["web"].pid).children()[0]
    os.kill(killed.pid, signal.SIGKILL)
    phones += [stack.dial() for _ in range(4)]
    for phone in phones:
        phone.hangup().waits_for(status="completed")
    assert all(scenes_of(recorded(stack, phone))[:2] == ["greeting", "menu"] for phone in phones)


def test_a_stop_ends_open_event_streams_and_leaves_nothing_behind(sqlite_stack):
    stack = sqlite_stack
    children = psutil.Process(stack.processes["web"].pid).children()
    with stack.admin.events() as feed:
        assert stack.stop("web") == 0
        assert list(feed) == []
    assert not any(child.is_running() for child in children)
