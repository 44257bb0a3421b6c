"""Group commit: items that arrive while another transaction is about to begin are written in the same transaction.

The first item leads. Its thread lets those that are ready to run join, then writes for all of them. Each `submit`
still returns only when its own item is committed. The group shares the BEGIN, the COMMIT, the wait for the disk,
which costs more than the rows, and the wait for a lock: a group stays open until its transaction begins.
Works between greenlets as between threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Generic, TypeVar

from voice.errors import RegistryUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")
Group = Callable[[], Sequence[Item]]  # returns the group's items; from then on no item can join
MOST = 200  # items in one transaction
LINGER_SECONDS = 0.006


class _Done:
    """An event that is set once. It is a lock, which costs a greenlet less than `threading.Event`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Let all threads pass, those that wait and those that come later."""
        self._lock.release()

    def wait(self) -> None:
        """Return once the event is set. Each thread that waits lets the next one pass."""
        with self._lock:
            pass

    def is_set(self) -> bool:
        """Return whether a thread would pass now."""
        return not self._lock.locked()


class _Batch(Generic[Item, Result]):
    def __init__(self) -> None:
        self.items: list[Item] = []
        self.outcomes: list[Result | Exception] = []
        self.done = _Done()


class GroupCommit(Generic[Item, Result]):
    """Passes items to `write_all` in groups. `write_all` calls the `Group` once its transaction has begun.

    `one_at_a_time`: a group stays open while the group before it is written, so groups grow with the load and do not
    contend with each other. A webhook must not wait for the group before it, so webhooks do not use this.
    """

    def __init__(
        self,
        write_all: Callable[[Group[Item]], list[Result]],
        *,
        one_at_a_time: bool = False,
        most: int = MOST,
    ):
        self._write_all = write_all
        self._turn: AbstractContextManager[Any] = threading.Lock() if one_at_a_time else nullcontext()
        self._joining = threading.Lock()
        self._waits, self._most = one_at_a_time, most
        self._crowded = False  # after a group with several items, waiting a moment collects more
        self._open: _Batch[Item, Result] | None = None

    def submit(self, item: Item) -> Result:
        """The result for this item, once it is committed. Raises the error that `write_all` raised for it."""
        batch, place, leads = self._join(item)
        if leads:
            with self._turn:
                time.sleep(LINGER_SECONDS if self._crowded else 0)
                self._write(batch)
        else:
            batch.done.wait()
        outcome = batch.outcomes[place]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _join(self, item: Item) -> tuple[_Batch[Item, Result], int, bool]:
        with self._joining:
            leads = self._open is None
            batch = self._open = self._open or _Batch()
            batch.items.append(item)
            place = len(batch.items) - 1
            if len(batch.items) >= self._most:
                self._open = None
        return batch, place, leads

    def _close(self, batch: _Batch[Item, Result]) -> Sequence[Item]:
        with self._joining:
            if self._open is batch:
                self._open = None
            self._crowded = self._waits and len(batch.items) > 1
        return batch.items

    def _write(self, batch: _Batch[Item, Result]) -> None:
        try:
            batch.outcomes = list(self._outcomes(partial(self._close, batch)))
        except BaseException:  # the leader was stopped: the others must not wait for it
            batch.outcomes = [RegistryUnavailable("The write was interrupted. Try again.")] * len(
                self._close(batch)
            )
            raise
        finally:
            batch.done.set()

    def _outcomes(self, group: Group[Item]) -> list[Result | Exception]:
        """Write all items together, or one by one if the database rejects one of them."""
        try:
            return list(self._write_all(group))
        except RegistryUnavailable as error:
            return [error] * len(group())
        except Exception as error:  # noqa: BLE001 - `submit` raises it in the thread of its item
            items = group()
            if len(items) == 1:
                return [error]
            return [self._outcomes(partial(list, [item]))[0] for item in items]
