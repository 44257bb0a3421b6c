"""Sends at a fixed rate whatever the answers do, and times each from the moment at which it was due.

A slow answer therefore delays nothing that comes after it, and what it makes others wait is counted: there
is no coordinated omission. The event loop waits with select(), whose time-outs are finer than epoll's.
"""

import asyncio
import selectors
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

Send = Callable[[int], Awaitable[str]]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """How one request went; `fault` is empty if it went well."""

    milliseconds: float
    fault: str


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """`asyncio.run` with timers that are finer than epoll's millisecond."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        return runner.run(main)


async def at_fixed_rate(per_second: int, seconds: float, send: Send) -> list[Answer]:
    """Call `send(n)` that often, waiting for no answer; it returns what is wrong, or an empty string."""
    start = time.perf_counter() + 0.1
    due = [start + number / per_second for number in range(int(per_second * seconds))]
    tasks = []
    for number, moment in enumerate(due):
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        tasks.append(asyncio.create_task(_timed(send, number, moment)))
    return list(await asyncio.gather(*tasks))


async def _timed(send: Send, number: int, due: float) -> Answer:
    try:
        fault = await send(number)
    except Exception as error:  # noqa: BLE001  whatever went wrong is an answer that did not come
        fault = f"{type(error).__name__}: {error}"
    return Answer((time.perf_counter() - due) * 1000, fault)


def percentiles(answers: list[Answer], less_ms: float = 0.0) -> dict[str, float | int]:
    """p50, p95, p99 and the worst in milliseconds, after `less_ms` was taken off each."""
    ordered = sorted(one.milliseconds - less_ms for one in answers)
    return {
        "sent": len(ordered),
        "p50_ms": _at(ordered, 0.50),
        "p95_ms": _at(ordered, 0.95),
        "p99_ms": _at(ordered, 0.99),
        "max_ms": ordered[-1] if ordered else 0.0,
    }


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
