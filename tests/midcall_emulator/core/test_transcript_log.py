"""The log of what was heard on a call: repetitions look like other items, and need neither memory nor time."""

from __future__ import annotations

import asyncio
import tracemalloc
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from midcall_emulator.client import Emulator
from midcall_emulator.core import transcript_log
from midcall_emulator.core.clock import Clock
from midcall_emulator.core.transcript_log import TranscriptLog
from tests.support.call_log import heard, heard_times
from tests.support.event_loop import in_event_loop
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ITEMS: list[dict[str, Any]] = [{"kind": "music"}, {"kind": "music"}, {"kind": "play", "url": "/m.mp3"}]


@given(
    st.lists(st.tuples(st.sampled_from([0, 0, 0, 1, 2]), st.sampled_from([0, 10, 10, 0.5]))),
    st.integers(1, 9),
)
def test_the_log_equals_a_list_of_its_last_items(played: list[tuple[int, float]], most: int) -> None:
    kept, plain, at = TranscriptLog(), [], 0.0
    for index, gap in played:
        at += gap
        kept.add(ITEMS[index], at, most)
        plain.append({"at": at} | ITEMS[index])
    assert (list(kept), len(kept)) == (plain[-most:], len(plain[-most:]))


def test_repetitions_use_no_memory() -> None:
    kept = TranscriptLog()
    tracemalloc.start()
    for number in range(10_000):
        kept.add(ITEMS[2], number * 8.3, 1000)
    here = [
        tracemalloc.Filter(True, file) for file in (transcript_log.__file__, __file__)
    ]  # no other threads
    size = sum(one.size for one in tracemalloc.take_snapshot().filter_traces(here).traces)
    tracemalloc.stop()
    assert (len(kept), size < 2000) == (1000, True)


@in_event_loop
async def test_a_finite_repetition_runs_at_each_interval_and_ends() -> None:
    clock, moments = Clock("manual"), []
    task = clock.spawn(clock.repeat(10, moments.append, 3))
    await clock.advance(29)
    assert (moments, task.done()) == ([0, 10, 20], False)
    await clock.advance(1)
    assert (moments, task.done(), clock.next_due()) == ([0, 10, 20], True, None)


@in_event_loop
async def test_an_endless_repetition_stops_when_its_task_is_canceled() -> None:
    clock, moments = Clock("manual"), []
    task = clock.spawn(clock.repeat(0.1, moments.append))
    clock.call_later(100.05, task.cancel)
    await clock.advance(100.06)
    assert (clock.next_due(), task.cancelled()) == (None, True)
    await clock.advance(3600)
    assert (len(moments), moments[-1]) == (1001, 100.0)


@in_event_loop
async def test_a_canceled_repetition_does_not_run_before_its_task_ends() -> None:
    clock, moments = Clock("manual"), []
    task = clock.spawn(clock.repeat(10, moments.append))
    await clock.settle()
    task.cancel()
    clock.set_mode("real", 10**6)
    clock._ring()
    await asyncio.wait({task})
    assert (moments, clock.next_due()) == ([0], None)


@in_event_loop
async def test_work_started_by_a_repetition_runs_at_the_same_virtual_time() -> None:
    clock, moments = Clock("manual"), []

    async def look() -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        moments.append(clock.now())

    clock.spawn(clock.repeat(10, lambda _: clock.spawn(look())))
    await clock.advance(35)
    assert moments == [0, 10, 20, 30]


@in_event_loop
async def test_a_repetition_keeps_its_interval_in_real_time() -> None:
    clock, moments = Clock("real", speed=1000), []
    async with asyncio.timeout(10):
        await clock.spawn(clock.repeat(10, moments.append, 5))
    assert [at - moments[0] for at in moments] == [0, 10, 20, 30, 40]


def test_an_item_may_change_after_it_was_logged() -> None:
    kept, one, other = TranscriptLog(), {"seconds": 0.0}, {"seconds": 0.0}
    kept.add(one, 1, 9)
    kept.add(other, 2, 9)
    other["seconds"] = 5.0
    assert list(kept) == [{"at": 1, "seconds": 0.0}, {"at": 2, "seconds": 5.0}]


def test_an_hour_of_looped_music_is_logged_pass_by_pass(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Say>Hold</Say><Play loop='0'>/m.mp3</Play>")
    phone = twilio.dial(NUMBER)
    twilio.advance(3600)
    assert heard(phone) == ["say(Hold)"] + ["play(/m.mp3)"] * 360
    assert heard_times(phone)[:4] == [0, 0.5, 10.5, 20.5]
    assert heard_times(phone)[-1] == 3590.5


def test_a_loop_is_regular_in_real_time(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Play loop='0'>/m.mp3</Play>")
    phone = twilio.dial(NUMBER)
    twilio.clock(mode="real", speed=1000)
    first, *others = heard_times(phone.hears("m.mp3", times=5))
    assert [round(at - first, 2) for at in others[:4]] == [10, 20, 30, 40]


def test_a_finite_loop_ends_after_its_last_pass(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Play loop='3'>/m.mp3</Play><Say>Done</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(60)
    assert heard(phone) == ["play(/m.mp3)"] * 3 + ["say(Done)"]
    assert heard_times(phone) == [0, 10, 20, 30]


def test_gather_receives_a_key_during_a_looped_prompt(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Gather numDigits='1' action='/a'><Play loop='0'>/m.mp3</Play></Gather>")
    phone = twilio.dial(NUMBER)
    twilio.advance(25)
    phone.press("1")
    twilio.settle()
    assert (heard(phone), app.visit("/a").params["Digits"]) == (["play(/m.mp3)"] * 3, "1")


def test_other_items_are_logged_between_repetitions(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Play loop='0'>/m.mp3</Play>")
    phone = twilio.dial(NUMBER, from_="client:ann")
    twilio.advance(15)
    twilio.rest("POST", f"/Calls/{phone.sid}/UserDefinedMessages.json", Content="{}")
    twilio.advance(10)
    assert [item["kind"] for item in phone.heard] == ["play", "play", "message", "play"]
    assert phone.hears("m.mp3", times=9, within=60).heard[-1]["at"] == 80
