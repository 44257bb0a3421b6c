"""What is printed, and the file of figures that is left behind."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.places import RESULTS

QUIET = 0.25


def say(line: str = "") -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


def say_machine(machine: dict[str, Any]) -> None:
    say(f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}; load {machine['load']}")
    say("  ".join(f"{name} {version}" for name, version in machine["versions"].items()))


def say_webhooks(result: dict[str, Any]) -> None:
    """Medians, ratios and floors of the first part."""
    for one in result["rounds"]:
        figures = f"{one['per_second']:>8,.0f}/s   p99 {one['p99_ms']:6.1f} ms"
        say(f"  {one['name']:<8} {figures}   {one['cpu_ms_per_webhook']:.3f} ms of CPU each")
    for ratio in result["ratios"]:
        by_cpu = f"by CPU time {ratio['ratio_by_cpu']:.2f}"
        say(f"  midcall / {ratio['to']:<8} {ratio['ratio']:5.2f}{_beside_floor(ratio)}   {by_cpu}")
    widest = max((one["spread"] for one in result["rounds"]), default=0.0)
    if widest > QUIET:
        say(f"  The rounds differ by up to {widest:.0%}: the machine was busy, and the ratios do not count.")


def say_latency(result: dict[str, Any]) -> None:
    """One line for each situation, and one for each way to time a command."""
    for one in result["situations"]:
        webhooks = one["webhooks"]
        line = f"p50 {webhooks['p50_ms']:7.2f} ms   p99 {webhooks['p99_ms']:7.2f} ms   of {webhooks['sent']}"
        say(f"  {one['name']:<42} {line}{_beside(one)}")
    for one in result["commands"]:
        added = one["added"]
        line = f"p50 {added['p50_ms']:7.2f} ms   p99 {added['p99_ms']:7.2f} ms   of {added['sent']}"
        say(f"  {one['name']:<42} {line}")


def say_bulk(result: dict[str, Any]) -> None:
    """The run beside the ideal and the loop, and what webhooks felt of it."""
    rounds = ", ".join(f"{seconds:.2f}" for seconds in sorted(result["rounds"]))
    ratio, times = result["ratio_to_ideal"], result["times_the_loop"]
    say(f"  ideal (calls x latency / at once)   {result['ideal_seconds']:8.2f} s")
    say(
        f"  midcall, from click to done         {result['seconds']:8.2f} s   {ratio:.2f} of it{_below(ratio, 1.2)}"
    )
    say(f"                                      ({rounds})")
    timed = f"{result['looped_calls']} calls timed"
    say(
        f"  a loop, as in Twilio's samples      {result['loop_seconds']:8.2f} s   {times:.0f} times as long ({timed})"
    )
    for name in ("idle", "busy"):
        one = result[f"webhooks_{name}"]
        say(
            f"  webhooks, {name}   p50 {one['p50_ms']:7.2f} ms   p99 {one['p99_ms']:7.2f} ms   of {one['sent']}"
        )
    say(f"  p99 meanwhile is {result['p99_ratio']:.2f} of idle{_below(result['p99_ratio'], 1.5)}")


def say_console(result: dict[str, Any]) -> None:
    """How soon a change is seen, and what webhooks feel of the consoles."""
    for name, one in result["screen"].items():
        seen = f"p50 {one['p50_ms']:5.0f} ms   p95 {one['p95_ms']:5.0f} ms   of {one['sent']}"
        say(f"  {name:<42} {seen}{_below(one['p95_ms'], 300)}")
    for name in ("alone", "beside"):
        one = result[f"webhooks_{name}"]
        say(
            f"  webhooks, {name:<32} p50 {one['p50_ms']:5.2f} ms   p99 {one['p99_ms']:5.2f} ms   of {one['sent']}"
        )


def _below(ratio: float, bound: float) -> str:
    return f"   bound {bound:.1f}  {'met' if ratio <= bound else 'MISSED'}"


def say_faults(faults: list[str]) -> None:
    for fault in faults:
        say(f"  WRONG  {fault}")


def write(results: dict[str, Any]) -> Path:
    """Keep the figures as JSON; returns the file."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    file.write_text(json.dumps(results, indent=2) + "\n")
    return file


def _beside_floor(ratio: dict[str, Any]) -> str:
    if ratio["floor"] is None:
        return "   (the ceiling)"
    met = "met" if ratio["ratio"] >= ratio["floor"] else "MISSED"
    return f"   floor {ratio['floor']:.2f}  {met}"


def _beside(situation: dict[str, Any]) -> str:
    streams, commands = situation.get("streams"), situation.get("commands")
    parts = []
    if streams:
        parts.append(
            f"{streams['open_to_the_end']} streams open, {streams['fewest_events']} events or more in each"
        )
    if commands:
        parts.append(f"{commands['sent']} commands, p50 {commands['p50_ms']:.0f} ms")
    return f"   ({'; '.join(parts)})" if parts else ""
