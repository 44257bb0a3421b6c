"""The printed report of a run, and its file of figures."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.paths import RESULTS

QUIET_SPREAD = 0.25
IDEAL_BOUND, P99_BOUND, SCREEN_BOUND_MS, ADDED_BOUND_MS = 1.2, 1.3, 300, 5


def print_line(line: str = "") -> None:
    """Print at once, into a pipe as well."""
    print(line, flush=True)


def print_machine(machine: dict[str, Any]) -> None:
    """The machine and the versions, in two lines."""
    print_line(f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}; load {machine['load']}")
    print_line("  ".join(f"{name} {version}" for name, version in machine["versions"].items()))


def print_webhooks(result: dict[str, Any]) -> None:
    """Medians, ratios and floors."""
    for one in result["rounds"]:
        figures = f"{one['per_second']:>8,.0f}/s   p99 {one['p99_ms']:6.1f} ms"
        print_line(f"  {one['name']:<8} {figures}   {one['cpu_ms_per_webhook']:.3f} ms of CPU each")
    for ratio in result["ratios"]:
        by_cpu = f"by CPU time {ratio['ratio_by_cpu']:.2f}{_floor(ratio, '_by_cpu')}"
        print_line(f"  midcall / {ratio['to']:<8} {ratio['ratio']:5.2f}{_floor(ratio)}   {by_cpu}")
        print_line(f"            its p99 is {ratio['p99']:.2f} of {ratio['to']}'s")
    widest = max((one["spread"] for one in result["rounds"]), default=0.0)
    if widest > QUIET_SPREAD:
        print_line(f"  The rounds differ by up to {widest:.0%}. The machine was busy, so ignore the ratios.")


def print_latency(result: dict[str, Any]) -> None:
    """A line for each situation and for each kind of command."""
    for one in result["situations"]:
        print_line(f"  {one['name']:<42} {_times(one['webhooks'])}{_beside(one)}")
    for one in result["commands"]:
        added = one["added"]
        print_line(f"  {one['name']:<42} {_times(added)}{_bound(added['p50_ms'], ADDED_BOUND_MS)}")


def print_bulk(result: dict[str, Any]) -> None:
    """The run beside the ideal and the loop, and the webhooks meanwhile."""
    rounds = ", ".join(f"{seconds:.2f}" for seconds in sorted(result["rounds"]))
    ratio, loops = result["ratio_to_ideal"], result["times_the_loop"]
    print_line(f"  ideal (calls x latency / at once)    {result['ideal_seconds']:8.2f} s")
    print_line(
        f"  midcall, from click to end           {result['seconds']:8.2f} s   "
        f"{ratio:.2f} of the ideal{_bound(ratio, IDEAL_BOUND)}"
    )
    print_line(f"                                       ({rounds})")
    timed = f"{result['looped_calls']} calls timed"
    print_line(
        f"  a loop, as in Twilio's samples       {result['loop_seconds']:8.2f} s   {loops:.0f} times as long ({timed})"
    )
    for name in ("idle", "busy"):
        print_line(f"  webhooks, {name}   {_times(result[f'webhooks_{name}'])}")
    p99_ratio = result["p99_ratio"]
    print_line(f"  p99 beside the runs is {p99_ratio:.2f} of idle{_bound(p99_ratio, P99_BOUND)}")


def print_console(result: dict[str, Any]) -> None:
    """The time to the screen, and the webhooks without and beside the consoles."""
    for name, one in result["screen"].items():
        times = f"p50 {one['p50_ms']:5.0f} ms   p95 {one['p95_ms']:5.0f} ms   of {one['sent']}"
        print_line(f"  {name:<42} {times}{_bound(one['p95_ms'], SCREEN_BOUND_MS)}")
    for name in ("alone", "beside"):
        print_line(f"  webhooks, {name:<32} {_times(result[f'webhooks_{name}'])}")


def print_scale(result: dict[str, Any]) -> None:
    """The rate of each number of processes and of 50 hosts, and the ceilings that follow."""
    print_line(f"  a round trip to the database takes {result['round_trip_ms']:.1f} ms")
    for one in result["processes"]:
        print_line(
            f"  {one['processes']} processes, HTTP       {_writes(one)}   {one['app_cpu_ms']:.2f} ms of CPU each"
        )
    hosts = result["hosts"]
    print_line(f"  {hosts['hosts']} hosts, writes only   {_writes(hosts)}   {hosts['spooled']} spooled")
    for one in [*result["processes"], hosts]:
        print_line(f"  {_name(one):<23} {_ceiling(one)}")


def print_faults(faults: list[str]) -> None:
    """A line for each wrong or lost answer."""
    for fault in faults:
        print_line(f"  WRONG  {fault}")


def write(results: dict[str, Any]) -> Path:
    """Keep the figures as JSON; the file."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    file.write_text(json.dumps(results, indent=2) + "\n")
    return file


def _name(one: dict[str, Any]) -> str:
    return f"{one['hosts']} hosts" if "hosts" in one else f"{one['processes']} processes"


def _writes(one: dict[str, Any]) -> str:
    return (
        f"{one['per_second']:>7,.0f}/s   {one['webhooks_per_transaction']:4.1f} in a transaction, "
        f"which holds the row for {one['held_ms']:.2f} ms"
    )


def _ceiling(one: dict[str, Any]) -> str:
    lock, core = one["lock_ceiling"], one["core_ceiling"]
    by_lock = f"{lock:,.0f}/s" if lock else "none"
    return f"ceiling by the row: {by_lock}; by a core of the database: {core:,.0f}/s"


def _times(one: dict[str, Any]) -> str:
    return f"p50 {one['p50_ms']:7.2f} ms   p99 {one['p99_ms']:7.2f} ms   of {one['sent']}"


def _bound(value: float, bound: float) -> str:
    return f"   bound {bound:.1f}  {'met' if value <= bound else 'MISSED'}"


def _floor(ratio: dict[str, Any], kind: str = "") -> str:
    floor = ratio[f"floor{kind}"]
    if floor is None:
        return "   (the ceiling)"
    met = "met" if ratio[f"ratio{kind}"] >= floor else "MISSED"
    return f"   floor {floor:.2f}  {met}"


def _beside(situation: dict[str, Any]) -> str:
    streams, commands = situation.get("streams"), situation.get("commands")
    parts = []
    if streams:
        parts.append(
            f"{streams['open_to_the_end']} streams open, at least {streams['fewest_events']} events each"
        )
    if commands:
        parts.append(f"{commands['sent']} commands, p50 {commands['p50_ms']:.0f} ms")
    return f"   ({'; '.join(parts)})" if parts else ""
