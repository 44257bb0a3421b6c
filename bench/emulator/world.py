"""An emulator in this process, with one number."""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.report import print_line
from midcall_emulator.core.numbers import Number
from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.server import Emulator
from midcall_emulator.settings import NUMBER, Settings


@asynccontextmanager
async def emulator(voice_url: str, **switches: Any) -> AsyncIterator[tuple[Emulator, Number]]:
    """A running emulator, and its number with this voice URL."""
    number = Number(NUMBER, "PN" + "0" * 32, voice=VoiceSettings(voice_url))
    running = Emulator(Settings(port=0, numbers=(number,), switches=switches), "http://127.0.0.1")
    await running.start()
    try:
        yield running, number
    finally:
        await running.stop()


def place_calls(world: Any, number: Number, count: int) -> None:
    """Let that many callers dial the number."""
    for index in range(count):
        world.placement.place_inbound(f"+1646{index:07d}", number)


def resident_bytes() -> int:
    """The resident memory of this process after a garbage collection."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def print_floor(name: str, value: float, floor: float, met: bool) -> None:
    """A line with a value, its floor, and whether it is met."""
    print_line(f"  {name}: {value:,.2f}   floor {floor}  {'met' if met else 'MISSED'}")
