"""One run: print the machine, run the parts, and keep the figures."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import bulk, console, contenders, latency, report, scale, webhooks
from bench.cores import Cores, cores
from bench.installation import install_express, missing
from bench.machine import machine
from bench.report import print_line
from bench.run_size import FULL, QUICK, RunSize

Part = Callable[[Path, RunSize, Path], dict[str, Any]]


def run(parts: list[str], root: Path, scratch: Path, *, quick: bool) -> int:
    """Run the parts; the exit status is 1 if an answer was wrong or lost."""
    left_out = install_express() if "webhooks" in parts else []
    results: dict[str, Any] = {"quick": quick, "machine": machine(root)}
    report.print_machine(results["machine"])
    for part in parts:
        results[part] = PARTS[part](root, QUICK if quick else FULL, scratch)
    results["left_out"] = left_out + [line for part in parts for line in results[part].get("left_out", [])]
    faults = [fault for part in parts for fault in results[part]["faults"]]
    print_line()
    for line in results["left_out"]:
        print_line(f"LEFT OUT  {line}")
    print_line(f"figures: {report.write(results)}")
    return 1 if faults else 0


def _webhooks(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    problems = missing("wrk", "taskset")
    if problems:
        return {"left_out": problems, "faults": []}
    on = cores()
    places = f"servers on core {on.server}, wrk on core {on.load}, {size.connections} connections"
    print_line(f"\nWebhooks per second; {places}")
    result = webhooks.measure(_contenders(root, scratch), size, on, scratch)
    report.print_webhooks(result)
    report.print_faults(result["faults"])
    return result | {"left_out": _pinning_problem(on)}


def _contenders(root: Path, scratch: Path) -> list[contenders.Contender]:
    peers = [contenders.fastapi(scratch)] + ([] if install_express() else [contenders.express(scratch)])
    return [contenders.midcall(scratch, root), *peers, contenders.bare(root)]


def _pinning_problem(on: Cores) -> list[str]:
    return [] if on.server is not None else ["pinning: server and load share the one core of this machine"]


def _latency(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    rate = latency.WEBHOOKS_PER_SECOND
    print_line(f"\nLatency at {rate} webhooks per second, two web workers, {size.situation_seconds} s each")
    result = latency.measure(root, size, scratch)
    report.print_latency(result)
    report.print_faults(result["faults"])
    return result


def _bulk(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    print_line(
        f"\nBulk runs: {bulk.CALLS} live calls, {bulk.AT_ONCE} at once, Twilio takes {bulk.TWILIO_MS} ms"
    )
    result = bulk.measure(root, size, scratch)
    if "ratio_to_ideal" in result:
        report.print_bulk(result)
    report.print_faults(result["faults"])
    return result


def _console(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    print_line(
        f"\nThe console: {console.CONSOLES} open, one in Chromium, {console.PER_SECOND} webhooks per second"
    )
    result = console.measure(root, size, scratch)
    if result.get("left_out"):
        return result
    report.print_console(result)
    report.print_faults(result["faults"])
    return result


def _scale(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    print_line(f"\nScale: PostgreSQL, {scale.DELAY_MS} ms away, {size.scale_seconds} s each")
    result = scale.measure(root, size, scratch)
    if "hosts" in result:
        report.print_scale(result)
    report.print_faults(result["faults"])
    return result


def _emulator(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    print_line("\nThe emulator on one core, with the virtual environment of the checkout")
    figures = scratch / "emulator.json"
    command = [str(root / ".venv" / "bin" / "python"), "-m", "bench.emulator", "--into", str(figures)]
    subprocess.run(command + (["--quick"] if size is QUICK else []), cwd=root, check=False)
    failed = {"faults": ["the emulator part failed"]}
    result: dict[str, Any] = json.loads(figures.read_text()) if figures.exists() else failed
    report.print_faults(result["faults"])
    return result


PARTS: dict[str, Part] = {
    "webhooks": _webhooks, "latency": _latency, "bulk": _bulk, "console": _console, "scale": _scale,
    "emulator": _emulator,
}  # fmt: skip
