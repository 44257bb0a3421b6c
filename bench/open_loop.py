"""Requests at a fixed rate, each timed from the moment at which it was due.

A slow answer delays no later request, and the delay that it causes is counted: there is no coordinated omission. The
event loop waits with select(), whose time-outs are finer than those of epoll.
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
    """The time of one request; `fault` is empty if the answer was right."""

    milliseconds: float
    fault: str


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """`asyncio.run` with timers finer than the millisecond of epoll."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        return runner.run(main)


async def at_fixed_rate(per_second: int, seconds: float, send: Send) -> list[Answer]:
    """Call `send(number)` at this rate without waiting for answers. `send` returns a fault or an empty string."""
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
    except Exception as error:  # noqa: BLE001  # any exception is a missing answer
        fault = f"{type(error).__name__}: {error}"
    return Answer((time.perf_counter() - due) * 1000, fault)


def percentiles(answers: list[Answer], less_ms: float = 0.0) -> dict[str, float | int]:
    """p50, p95, p99 and the maximum in milliseconds, each less `less_ms`."""
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
