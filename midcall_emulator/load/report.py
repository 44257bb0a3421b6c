"""Reports of a load test: a progress line while it runs, and a summary as text or JSON."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from typing import Any

from midcall_emulator.load.scenario import Scenario
from midcall_emulator.load.statistics import Statistics, percentile

_PERCENTS = (50, 90, 99)
_LISTED_ROWS = 12


async def show_progress(statistics: Statistics, callers: int) -> None:
    """Keep a line on stderr up to date: twice a second on a terminal, every five seconds elsewhere."""
    is_terminal = sys.stderr.isatty()
    start, end = ("\r\033[K", "") if is_terminal else ("", "\n")
    while True:
        await asyncio.sleep(0.5 if is_terminal else 5)
        print(start + progress(statistics, callers), end=end, file=sys.stderr, flush=True)


def progress(statistics: Statistics, callers: int) -> str:
    """Return the progress line."""
    parts = [
        f"{statistics.seconds:6.1f} s",
        f"{statistics.dialed:,} of {callers:,} dialed",
        f"{statistics.live:,} in a call",
        f"{statistics.callers.total():,} finished",
        f"{len(statistics.milliseconds):,} webhooks",
    ]
    failed = statistics.failed_callers
    return "  ".join(parts + ([f"{failed:,} failed"] if failed else []))


def as_dict(statistics: Statistics, scenario: Scenario, seconds: float) -> dict[str, Any]:
    """Return the summary for JSON."""
    values = sorted(statistics.milliseconds)
    latency = {f"p{percent}": percentile(values, percent) for percent in _PERCENTS}
    counts = {"wanted": scenario.callers, "dialled": statistics.dialed}
    return {
        "seconds": round(seconds, 2),
        "callers": counts | _by_count(statistics.callers),
        "dialled_per_second": round(statistics.dialed / (statistics.dialing_seconds + 1 / scenario.rate), 2),
        "wanted_per_second": scenario.rate,
        "most_live_calls": statistics.peak,
        "calls": _by_count(statistics.calls),
        "webhooks": {"total": len(values), "per_second": round(len(values) / seconds, 1)},
        "webhooks_by_kind": _by_count(statistics.kinds),
        "answers": _by_count(statistics.responses),
        "latency_ms": latency | {"max": values[-1] if values else 0.0},
        "heard": _by_count(statistics.heard),
        "warnings": _by_count(statistics.warnings),
        "well": statistics.is_success,
    }


def as_text(summary: dict[str, Any]) -> str:
    """Return the summary for the terminal."""
    callers = dict(summary["callers"])
    total, dialed = callers.pop("wanted"), callers.pop("dialled")
    webhooks, latency = summary["webhooks"], summary["latency_ms"]
    rate = f"{summary['dialled_per_second']:g} per second, target {summary['wanted_per_second']:g}"
    lines = [
        f"{dialed:,} of {total:,} callers dialed in {summary['seconds']} s ({rate}), "
        f"peak {summary['most_live_calls']:,} concurrent calls",
        f"callers   {_list_counts(callers)}",
        f"calls     {_list_counts(summary['calls'])}",
        f"webhooks  {webhooks['total']:,}, {webhooks['per_second']:g} per second: "
        f"{_list_counts(summary['webhooks_by_kind'])}",
        f"responses {_list_counts(summary['answers'])}",
        f"latency   {'   '.join(f'{name} {value:.1f} ms' for name, value in latency.items())}",
        *_column("heard", summary["heard"]),
        *_column("warnings", summary["warnings"]),
    ]
    return "\n".join(lines)


def _by_count(counter: Counter[str]) -> dict[str, int]:
    return dict(counter.most_common())


def _list_counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def _column(title: str, counts: dict[str, int]) -> list[str]:
    rows = [f"{count:>9,} x {name}" for name, count in list(counts.items())[:_LISTED_ROWS]]
    more = [f"          and {len(counts) - _LISTED_ROWS} more"] if len(counts) > _LISTED_ROWS else []
    return [title, *rows, *more] if rows else []
