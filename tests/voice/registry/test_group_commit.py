"""Group commit: items that arrive together share a write, and each gets its own result."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.clients import new_call_sid
from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry.engine.group_commit import MOST, Group, GroupCommit


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


def outcomes_of_one_group(write_all: Callable[[Sequence[str]], list[Any]], names: list[str]) -> list[Any]:
    """The outcome of each item: the first one leads, and its transaction begins once the others have joined."""
    waiting, begun = threading.Event(), threading.Event()

    def write_together(group: Group[str]) -> list[Any]:
        waiting.set()
        begun.wait()
        return write_all(group())

    group_commit: GroupCommit[str, Any] = GroupCommit(write_together)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(group_commit.submit, names[0])
        waiting.wait()
        joined = [group_commit._join(name) for name in names[1:]]
        begun.set()
        error = first.exception()
    assert all(batch.done.is_set() for batch, _, _ in joined)  # else they would wait for ever
    others = [batch.outcomes[place] for batch, place, _ in joined]
    return [error or first.result(), *others]


@pytest.mark.parametrize("names", [["a", "poison", "b", "c"], ["poison", "a", "b", "c"]])
def test_an_item_that_the_database_rejects_does_not_fail_the_others(names):
    groups = []

    def write_all(items):
        groups.append(list(items))
        if "poison" in items:
            raise ValueError("poison")
        return [f"{item} is written" for item in items]

    outcomes = dict(zip(names, outcomes_of_one_group(write_all, names), strict=True))
    assert groups[0] == names
    assert isinstance(outcomes.pop("poison"), ValueError)
    assert outcomes == {name: f"{name} is written" for name in "abc"}


def test_all_items_of_a_group_fail_if_the_registry_is_unavailable():
    groups = []

    def write_all(items):
        groups.append(list(items))
        raise RegistryUnavailable("gone")

    outcomes = outcomes_of_one_group(write_all, ["a", "b", "c"])
    assert groups == [["a", "b", "c"]]
    assert [str(outcome) for outcome in outcomes] == ["gone"] * 3


def test_a_group_whose_leader_is_stopped_fails_instead_of_waiting():
    class Stopped(BaseException):
        pass

    def write_all(_items):
        raise Stopped

    first, *others = outcomes_of_one_group(write_all, ["a", "b", "c"])
    assert isinstance(first, Stopped)
    assert [type(outcome) for outcome in others] == [RegistryUnavailable] * 2


def test_an_error_is_raised_for_the_item_that_caused_it():
    def write_all(_group):
        raise ValueError("poison")

    with pytest.raises(ValueError, match="poison"):
        GroupCommit(write_all).submit("a")


@pytest.mark.parametrize("most", [1, 3, MOST])
def test_a_group_has_a_maximum_size(most):
    group_commit = GroupCommit(lambda group: list(group()), most=most)
    joined = [group_commit._join(number) for number in range(2 * most)]
    assert [leads for _, _, leads in joined] == [number in (0, most) for number in range(2 * most)]
    assert [len(batch.items) for batch, _, _ in joined] == [most] * 2 * most


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
