"""The emulator on one core: webhooks per second, live calls, and an hour of music. Runs alone or in the bench."""

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import report
from bench.emulator import live_calls, music, webhooks
from bench.emulator.own_process import in_own_process
from bench.machine import cpu_model
from bench.paths import ROOT


def main() -> int:
    """Measure, print and keep everything. The exit status is 1 if calls were lost; a missed floor is no error."""
    parser = argparse.ArgumentParser(prog="python -m bench.emulator", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run that shows whether the part works")
    parser.add_argument("--into", type=Path, help="a file for the figures, instead of one in bench/results/")
    options = parser.parse_args()
    results = _results(options.quick)
    if options.into:
        options.into.write_text(json.dumps(results))
    else:
        report.print_line(f"figures: {report.write({'emulator': results, 'quick': options.quick})}")
    return 1 if results["faults"] else 0


def _results(quick: bool) -> dict[str, Any]:
    machine = {
        "cpu": f"{cpu_model()}, {os.cpu_count()} cores, {platform.platform()}",
        "load": f"{os.getloadavg()[0]:.2f}",
        "versions": f"python {platform.python_version()}  aiohttp {importlib.metadata.version('aiohttp')}",
    }
    report.print_line(f"{machine['cpu']}; load {machine['load']}\n{machine['versions']}")
    cores = sorted(os.sched_getaffinity(0))
    with _app(cores[-1]) as app:
        os.sched_setaffinity(0, {cores[0]})
        return machine | _measure(app, quick)


def _measure(app: str, quick: bool) -> dict[str, Any]:
    rounds = [in_own_process(webhooks.measure, app, 1 if quick else 5) for _ in range(1 if quick else 5)]
    calls = 500 if quick else live_calls.FLOOR
    summary = webhooks.summarize(rounds)
    live = in_own_process(live_calls.measure, app, calls, 1 if quick else 10)
    return {
        "rounds": rounds,
        "webhooks": summary,
        "live": live,
        "music": [in_own_process(music.measure, app, calls) for calls in (1, 100)],
        "faults": [] if live["live"] == calls else [f"{live['live']} of {calls} calls are live"],
    }


@contextmanager
def _app(core: int) -> Iterator[str]:
    """The address of the constant app, which runs on this core."""
    command = [sys.executable, "-m", "bench.emulator.constant_app"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        os.sched_setaffinity(process.pid, {core})
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
