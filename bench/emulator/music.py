"""An hour of hold music on the manual clock: the time it takes, and the memory that each call gains."""

import time

from bench.emulator.world import emulator, place_calls, print_floor, resident_bytes
from bench.report import print_line

FLOOR_SECONDS = 1


async def measure(app: str, calls: int) -> dict[str, float]:
    """Advance the clock by an hour while that many calls hear music."""
    async with emulator(f"{app}/hold") as (running, number):
        world = running.world
        world.clock.set_mode("manual", 1.0)
        place_calls(world, number, calls)
        await world.clock.settle()
        before, started, cpu = resident_bytes(), time.monotonic(), time.process_time()
        await world.clock.advance(3600)
        seconds, cpu = time.monotonic() - started, time.process_time() - cpu
        kilobytes = (resident_bytes() - before) / calls / 1000
    if calls == 1:
        print_floor("seconds for an hour of music", seconds, FLOOR_SECONDS, seconds < FLOOR_SECONDS)
    else:
        print_line(
            f"  an hour of music for {calls} calls: {seconds:.2f} s ({cpu:.2f} s of processor time), "
            f"{kilobytes:.1f} kB more per call"
        )
    return {"calls": calls, "seconds": seconds, "cpu_seconds": cpu, "kb_more_each": kilobytes}
