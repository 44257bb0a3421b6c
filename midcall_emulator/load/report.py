"""A load while it runs, in a line, and afterwards as text or JSON."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from typing import Any

from midcall_emulator.load.scenario import Scenario
from midcall_emulator.load.statistics import Figures, percentile

_PERCENTS = (50, 90, 99)
_MOST = 12


async def show_progress(figures: Figures, callers: int) -> None:
    """Keep a line on stderr up to date: twice a second on a terminal, every five seconds elsewhere."""
    is_terminal = sys.stderr.isatty()
    while True:
        await asyncio.sleep(0.5 if is_terminal else 5)
        text = progress(figures, callers)
        print(
            f"\r\033[K{text}" if is_terminal else text,
            end="" if is_terminal else "\n",
            file=sys.stderr,
            flush=True,
        )


def progress(figures: Figures, callers: int) -> str:
    """Return where the load stands."""
    bad = sum(count for how, count in figures.callers.items() if how not in ("done", "cut off"))
    parts = [
        f"{figures.seconds:6.1f} s",
        f"{figures.dialled:,} of {callers:,} dialled",
        f"{figures.live:,} in a call",
        f"{figures.callers.total():,} finished",
        f"{len(figures.milliseconds):,} webhooks",
    ]
    return "  ".join(parts + ([f"{bad:,} in vain"] if bad else []))


def as_dict(figures: Figures, scenario: Scenario, seconds: float) -> dict[str, Any]:
    """Return the figures for JSON."""
    values = sorted(figures.milliseconds)
    latency = {f"p{percent}": percentile(values, percent) for percent in _PERCENTS}
    return {
        "seconds": round(seconds, 2),
        "callers": {"wanted": scenario.callers, "dialled": figures.dialled, **_by_count(figures.callers)},
        "dialled_per_second": round(figures.dialled / (figures.dialling_seconds + 1 / scenario.rate), 2),
        "wanted_per_second": scenario.rate,
        "most_live_calls": figures.peak,
        "calls": _by_count(figures.calls),
        "webhooks": {"total": len(values), "per_second": round(len(values) / seconds, 1)},
        "webhooks_by_kind": _by_count(figures.kinds),
        "answers": _by_count(figures.answers),
        "latency_ms": latency | {"max": values[-1] if values else 0.0},
        "heard": _by_count(figures.heard),
        "warnings": _by_count(figures.warnings),
        "well": figures.is_well,
    }


def as_text(found: dict[str, Any]) -> str:
    """Return the summary for people."""
    callers, rate = dict(found["callers"]), found["dialled_per_second"]
    wanted, dialled = callers.pop("wanted"), callers.pop("dialled")
    webhooks, latency = found["webhooks"], found["latency_ms"]
    pace = f"{rate:g} a second, {found['wanted_per_second']:g} wanted"
    lines = [
        f"{dialled:,} of {wanted:,} callers dialled in {found['seconds']} s ({pace}), "
        f"at most {found['most_live_calls']:,} at once",
        f"callers   {_listed(callers)}",
        f"calls     {_listed(found['calls'])}",
        f"webhooks  {webhooks['total']:,}, {webhooks['per_second']:g} a second: {_listed(found['webhooks_by_kind'])}",
        f"answers   {_listed(found['answers'])}",
        f"latency   {'   '.join(f'{name} {value:.1f} ms' for name, value in latency.items())}",
        *_column("heard", found["heard"]),
        *_column("warnings", found["warnings"]),
    ]
    return "\n".join(lines)


def _by_count(counter: Counter[str]) -> dict[str, int]:
    return dict(counter.most_common())


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def _column(title: str, counts: dict[str, int]) -> list[str]:
    shown = [f"{count:>9,} x {name}" for name, count in list(counts.items())[:_MOST]]
    more = [f"          and {len(counts) - _MOST} more"] if len(counts) > _MOST else []
    return [title, *shown, *more] if shown else []
