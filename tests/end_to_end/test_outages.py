"""Calls continue and no event is lost while the database is down or locked, or a worker is killed."""

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


@pytest.fixture
def postgres_stack(postgresql, tmp_path):
    """A stack on PostgreSQL, with the emulator at ten times the speed."""
    with postgresql.database() as url, Stack(tmp_path, url) as stack:
        stack.twilio.clock(speed=10)
        yield stack


@pytest.fixture
def sqlite_stack(sqlite_template, tmp_path):
    """A stack on SQLite, with the emulator at ten times the speed."""
    shutil.copy(sqlite_template, tmp_path / "midcall.db")
    with Stack(tmp_path, f"sqlite:///{tmp_path}/midcall.db") as stack:
        stack.twilio.clock(speed=10)
        yield stack


@contextmanager
def locked(path):
    """Hold the write lock of the database."""
    other = sqlite3.connect(path, isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("COMMIT")
    other.close()


def assert_all_answered(stack, phones):
    """Assert that the app answered every webhook of these calls."""
    stack.twilio.settle()
    assert {request["status"] for phone in phones for request in phone.requests} == {200, 204}


def recorded_story(stack, phone):
    """The story of the call, once the end that Twilio reported is recorded."""
    stack.wait_until(lambda: stack.admin.get(f"/calls/{phone.sid}").status_code == 200)
    return stack.admin.wait_for(phone, has_end)


def has_end(story):
    """Whether the status callback is recorded. The worker may have read the end from Twilio before that."""
    callbacks = [event["details"]["twilio"] for event in story["events"] if event["kind"] == "webhook.status"]
    return any(callback["CallStatus"] == "completed" for callback in callbacks)


def scenes_of(story):
    """The scenes that the caller entered, in order."""
    return [event["details"]["scene"] for event in story["events"] if "scene" in event["details"]]


def test_calls_continue_while_postgresql_is_stopped(postgres_stack, postgresql):
    stack = postgres_stack
    before = stack.dial()
    postgresql.stop(signal.SIGQUIT)
    stack.twilio.clock(speed=1)  # so that the menu still waits for the key of the last caller
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
        story = recorded_story(stack, phone)
        assert scenes_of(story)[:4] == ["greeting", "menu", "choice", "opening_hours"]
        assert sum(event["kind"] == "webhook.status" for event in story["events"]) == 1
    stack.wait_until(lambda: requests.get(f"{stack.url}/readyz", timeout=5).json()["status"] == "ready")


def test_calls_continue_while_sqlite_is_locked(sqlite_stack):
    stack = sqlite_stack
    with locked(stack.folder / "midcall.db"), ThreadPoolExecutor(8) as pool:
        phones = list(pool.map(lambda _: stack.dial(), range(16)))
        for phone in phones:
            phone.hangup().waits_for(status="completed")
        assert_all_answered(stack, phones)
    for phone in phones:
        assert scenes_of(recorded_story(stack, phone))[:2] == ["greeting", "menu"]


def test_spooled_events_survive_a_kill_of_web_and_worker(sqlite_stack):
    stack = sqlite_stack
    with locked(stack.folder / "midcall.db"):
        phone = stack.dial().hangup().waits_for(status="completed")
        stack.twilio.settle()
        stack.stop("web", signal.SIGKILL)
        stack.stop("worker", signal.SIGKILL)
    stack.start_app()
    assert scenes_of(recorded_story(stack, phone))[:2] == ["greeting", "menu"]


def test_no_event_is_lost_when_a_web_worker_is_killed(sqlite_stack):
    stack = sqlite_stack
    phones = [stack.dial() for _ in range(4)]
    killed = psutil.Process(stack.processes["web"].pid).children()[0]
    os.kill(killed.pid, signal.SIGKILL)
    phones += [stack.dial() for _ in range(4)]
    for phone in phones:
        phone.hangup().waits_for(status="completed")
    assert all(scenes_of(recorded_story(stack, phone))[:2] == ["greeting", "menu"] for phone in phones)


def test_a_stop_of_the_web_server_ends_event_streams_and_all_its_processes(sqlite_stack):
    stack = sqlite_stack
    children = psutil.Process(stack.processes["web"].pid).children()
    with stack.admin.events() as feed:
        assert stack.stop("web") == 0
        assert list(feed) == []
    assert not any(child.is_running() for child in children)
