"""One run: says what it runs on, does the parts that were asked for, and keeps the figures."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import bulk, console, contenders, latency, report, webhooks
from bench.installing import install_express, missing
from bench.machine import machine
from bench.plan import FULL, QUICK, Cores, Plan, cores
from bench.report import say

Part = Callable[[Path, Plan, Path], dict[str, Any]]


def run(parts: list[str], root: Path, scratch: Path, *, quick: bool) -> int:
    """Returns the exit status: 1 if anything was answered wrongly or lost."""
    left_out = install_express() if "webhooks" in parts else []
    results: dict[str, Any] = {"quick": quick, "machine": machine(root)}
    report.say_machine(results["machine"])
    for part in parts:
        results[part] = PARTS[part](root, QUICK if quick else FULL, scratch)
    results["left_out"] = left_out + [line for part in parts for line in results[part].get("left_out", [])]
    faults = [fault for part in parts for fault in results[part]["faults"]]
    say()
    for line in results["left_out"]:
        say(f"LEFT OUT  {line}")
    say(f"figures: {report.write(results)}")
    return 1 if faults else 0


def _webhooks(root: Path, plan: Plan, scratch: Path) -> dict[str, Any]:
    without = missing("wrk", "taskset")
    if without:
        return {"left_out": without, "faults": []}
    on = cores()
    where = f"servers on core {on.server}, wrk on core {on.load}, {plan.connections} connections"
    say(f"\nWebhooks a second; {where}")
    result = webhooks.measure(_entered(root, scratch), plan, on, scratch)
    report.say_webhooks(result)
    report.say_faults(result["faults"])
    return result | {"left_out": _said_of_cores(on)}


def _latency(root: Path, plan: Plan, scratch: Path) -> dict[str, Any]:
    rate = latency.WEBHOOKS_PER_SECOND
    say(f"\nLatency at {rate} webhooks a second, two web workers, {plan.situation_seconds} s each")
    result = latency.measure(root, plan, scratch)
    report.say_latency(result)
    report.say_faults(result["faults"])
    return result


def _emulator(root: Path, plan: Plan, scratch: Path) -> dict[str, Any]:
    say("\nThe emulator on one core, with the virtual environment of the checkout")
    figures = scratch / "emulator.json"
    command = [str(root / ".venv" / "bin" / "python"), "-m", "bench.emulator_size", "--into", str(figures)]
    subprocess.run(command + (["--quick"] if plan is QUICK else []), cwd=root, check=False)
    broken = {"faults": ["the emulator's bench broke off"]}
    result: dict[str, Any] = json.loads(figures.read_text()) if figures.exists() else broken
    report.say_faults(result["faults"])
    return result


def _entered(root: Path, scratch: Path) -> list[contenders.Contender]:
    peers = [contenders.fastapi(scratch)] + ([] if install_express() else [contenders.express(scratch)])
    return [contenders.midcall(scratch, root), *peers, contenders.bare(root)]


def _said_of_cores(on: Cores) -> list[str]:
    return [] if on.server is not None else ["pinning: this machine has one core, server and load share it"]


def _bulk(root: Path, plan: Plan, scratch: Path) -> dict[str, Any]:
    say(
        f"\nMany at once: {bulk.CALLS} live calls, {bulk.AT_ONCE} at a time, Twilio takes {bulk.TWILIO_MS} ms"
    )
    result = bulk.measure(root, plan, scratch)
    if "ratio_to_ideal" in result:
        report.say_bulk(result)
    report.say_faults(result["faults"])
    return result


def _console(root: Path, plan: Plan, scratch: Path) -> dict[str, Any]:
    say(
        f"\nThe console: {console.CONSOLES} of them open, one in Chromium, {console.PER_SECOND} webhooks a second"
    )
    result = console.measure(root, plan, scratch)
    if result.get("left_out"):
        return result
    report.say_console(result)
    report.say_faults(result["faults"])
    return result


PARTS: dict[str, Part] = {
    "webhooks": _webhooks, "latency": _latency, "bulk": _bulk, "console": _console, "emulator": _emulator,
}  # fmt: skip
