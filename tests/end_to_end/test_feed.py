"""The event feed end to end: no gap after a reconnect, with two web workers writing, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice

CALLERS = 24


def live_through_a_call(stack):
    phone = stack.dial()
    stack.admin.command(phone, "redirect", scene="menu")
    stack.admin.command(phone, "end")
    return phone.waits_for(status="completed").sid


def test_a_resumed_stream_has_no_gap_while_two_workers_write(stack):
    with ThreadPoolExecutor(8) as pool, stack.admin.events() as feed:
        calls = [pool.submit(live_through_a_call, stack) for _ in range(CALLERS)]
        ids = [event["id"] for event in islice(feed, 20)]
    with stack.admin.events(after=ids[-1]) as feed:
        last = max(stack.admin.get(f"/calls/{call.result()}").json()["events"][-1]["id"] for call in calls)
        while ids[-1] < last:
            ids.append(next(feed)["id"])
    assert ids == list(range(ids[0], ids[0] + len(ids)))
