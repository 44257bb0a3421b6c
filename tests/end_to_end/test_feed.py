"""The live feed loses nothing: between reconnects, with two workers writing, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice


def test_resuming_leaves_no_gap_while_two_workers_write(stack):
    with ThreadPoolExecutor(8) as pool, stack.admin.events() as feed:
        calls = [pool.submit(stack.dial) for _ in range(24)]
        first = [event["id"] for event in islice(feed, 20)]
    with stack.admin.events(after=first[-1]) as feed:
        phones = [call.result() for call in calls]
        wanted = {(phone.sid, "menu") for phone in phones}
        seen, ids = set(), list(first)
        for event in feed:
            ids.append(event["id"])
            seen.add((event["call_sid"], event["details"].get("scene")))
            if (
                len(ids) > 20
                and all(stack_has(stack, phone, ids) for phone in phones[-1:])
                and wanted <= known(stack, phones)
            ):
                break
    assert ids == list(range(ids[0], ids[0] + len(ids)))


def known(stack, phones):
    return {(phone.sid, stack.admin.story(phone)["call"]["scene"]) for phone in phones}


def stack_has(stack, phone, ids):
    return stack.admin.story(phone)["events"][-1]["id"] <= ids[-1]
