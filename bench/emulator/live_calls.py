"""Live calls: the memory that each call takes, and what the calls cost while they wait with music."""

import asyncio
import time
from typing import Any

from bench.emulator.world import emulator, place_calls, print_floor, resident_bytes
from bench.report import print_line
from midcall_emulator.core.numbers import Number

FLOOR = 5000  # calls
KILOBYTES_FLOOR = 20  # per call
WARM_UP_CALLS = 100  # exclude memory that is allocated once


async def measure(app: str, calls: int, seconds: float) -> dict[str, Any]:
    """Dial until that many calls are live, each with endless music; then measure the cost of their wait."""
    async with emulator(f"{app}/hold") as (running, number):
        world = running.world
        await _dial(world, number, WARM_UP_CALLS)
        before, started = resident_bytes(), time.monotonic()
        await _dial(world, number, calls)
        dialing = time.monotonic() - started
        kilobytes = (resident_bytes() - before) / calls / 1000
        cpu, pauses = time.process_time(), [await _pause() for _ in range(int(seconds * 10))]
        share = (time.process_time() - cpu) / (len(pauses) * 0.1 + sum(pauses))
        live = sum(not call.is_over for call in world.calls) - WARM_UP_CALLS
    print_line(
        f"  {live:,} live calls after {dialing:.1f} s; they take {share:.0%} of a core, longest pause of the "
        f"event loop {max(pauses) * 1000:.0f} ms"
    )
    print_floor("kB per call", kilobytes, KILOBYTES_FLOOR, kilobytes < KILOBYTES_FLOOR)
    return {
        "live": live, "kb_each": kilobytes, "share_of_core": share, "longest_pause_ms": max(pauses) * 1000,
    }  # fmt: skip


async def _dial(world: Any, number: Number, calls: int) -> None:
    for _ in range(calls):
        place_calls(world, number, 1)
        while world.clock.busy > 64:
            await asyncio.sleep(0.005)
    while any(not call.transcript for call in world.calls):
        await asyncio.sleep(0.05)


async def _pause() -> float:
    started = time.monotonic()
    await asyncio.sleep(0.1)
    return time.monotonic() - started - 0.1
