"""Group commit: items that arrive together share a write, and each gets its own result."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.clients import new_call_sid
from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry.engine.group_commit import MOST, GroupCommit


def test_items_that_arrive_during_a_write_share_the_next_write():
    written, writing, go_on = [], threading.Event(), threading.Event()

    def write_all(group):
        items = group()
        written.append(list(items))
        writing.set()
        go_on.wait()
        return [item * 2 for item in items]

    group_commit = GroupCommit(write_all)
    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(group_commit.submit, 0)
        writing.wait()
        others = [pool.submit(group_commit.submit, number) for number in range(1, 20)]
        go_on.set()
        assert first.result() == 0
        assert sorted(other.result() for other in others) == [2 * number for number in range(1, 20)]
    assert sorted(item for items in written for item in items) == list(range(20))


def test_items_join_a_group_until_its_transaction_begins():
    waiting, begun = threading.Event(), threading.Event()

    def write_all(group):
        waiting.set()
        begun.wait()  # as for a lock
        return [len(group())] * len(group())

    group_commit = GroupCommit(write_all)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(group_commit.submit, "first")
        waiting.wait()
        joined = [group_commit._join(name) for name in ("second", "third")]
        begun.set()
        assert first.result() == 3
        assert [batch.outcomes[place] for batch, place, _ in joined] == [3, 3]
        assert [leads for _, _, leads in joined] == [False, False]


def test_an_item_that_the_database_rejects_does_not_fail_the_others():
    def write_all(group):
        items = group()
        if "poison" in items:
            raise ValueError("poison")
        return [True] * len(items)

    group_commit = GroupCommit(write_all)
    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(group_commit.submit, item) for item in ["a", "poison", "b", "c"]]
        assert [results[place].result() for place in (0, 2, 3)] == [True, True, True]
        with pytest.raises(ValueError, match="poison"):
            results[1].result()


def test_all_items_of_a_group_fail_if_the_registry_is_unavailable():
    def write_all(_items):
        raise RegistryUnavailable("gone")

    group_commit = GroupCommit(write_all)
    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(group_commit.submit, number) for number in range(8)]
        for result in results:
            with pytest.raises(RegistryUnavailable):
                result.result()


def test_a_group_has_a_maximum_size():
    sizes = []

    def write_all(group):
        sizes.append(len(group()))
        return list(group())

    group_commit = GroupCommit(write_all)
    with ThreadPoolExecutor(2 * MOST) as pool:
        assert sorted(pool.map(group_commit.submit, range(2 * MOST))) == list(range(2 * MOST))
    assert max(sizes) <= MOST


def test_in_one_group_a_repeat_is_recorded_once_and_the_status_does_not_move_backward(registry):
    call_sid = new_call_sid()
    reports = [
        (
            NewEvent("webhook.status", "twilio", call_sid, dedupe_key=f"{call_sid}:{key}"),
            CallFacts(call_sid, status),
        )
        for key, status in ((1, "ringing"), (2, "completed"), (2, "completed"), (3, "in-progress"))
    ]
    assert registry.events.record_all(lambda: reports) == [True, True, False, True]
    assert registry.calls.get(call_sid).status == "completed"
    ids = [event.id for event in registry.events.of_call(call_sid)]
    assert ids == list(range(ids[0], ids[0] + 3))
    assert registry.events.last_id() == ids[-1]
