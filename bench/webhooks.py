"""Webhooks per second on one core: the contenders in turn, round after round, with the same requests."""

from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.contenders import Contender
from bench.cores import Cores
from bench.correctness import faults, lost
from bench.processes import Server, SetupFailed, run_to_end, running
from bench.report import print_line
from bench.run_size import RunSize
from bench.signed_webhooks import write_requests
from bench.wrk import Load, Requests, load

FLOORS = {"fastapi": 1.1, "express": 0.75}
CPU_FLOORS = {"fastapi": 1.3, "express": 1.1}
WARM_UP_REQUESTS = 20_000
SPARE = 1.6  # requests prepared for each one that the warm-up rate needs
PREPARED_PER_SECOND = 3_000


@dataclass
class Entrant:
    """A contender that runs, and its rounds so far."""

    contender: Contender
    server: Server
    warm_up: Load | None = None
    rounds: list[Load] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """The median rate of the rounds."""
        return median(one.per_second for one in self.rounds)


def measure(contenders: list[Contender], size: RunSize, cores: Cores, scratch: Path) -> dict[str, Any]:
    """Run all rounds. The result has no `faults` if every contender did the job to the end."""
    problems: list[str] = []
    with ExitStack() as stack:
        entrants: list[Entrant] = []
        for contender in contenders:
            found = _enter(stack, contender, cores, scratch, entrants)
            problems += [f"{contender.name}: {fault}" for fault in found]
        if entrants:
            _warm_up(entrants, size, cores, scratch)
            _run_rounds(entrants, size, cores, scratch)
        problems += [
            f"{one.contender.name}: {fault}" for one in entrants for fault in _faults_under_load(one)
        ]
    return {"rounds": [_figures(one) for one in entrants], "ratios": _ratios(entrants), "faults": problems}


def _enter(
    stack: ExitStack, contender: Contender, cores: Cores, scratch: Path, entrants: list[Entrant]
) -> list[str]:
    log = scratch / f"{contender.name}.log"
    try:
        for command in contender.prepare:
            run_to_end(command, contender.directory, contender.environment)
        server = stack.enter_context(
            running(contender.command, contender.directory, contender.environment, log, cores.server)
        )
    except (SetupFailed, OSError) as error:
        return [f"did not start: {error}"]
    try:
        found = faults(contender, server.port)
    except OSError as error:
        return [f"did not answer: {error}", server.log_tail()]
    if not found:
        entrants.append(Entrant(contender, server))
    return found


def _warm_up(entrants: list[Entrant], size: RunSize, cores: Cores, scratch: Path) -> None:
    requests = _prepared(scratch, WARM_UP_REQUESTS)
    for entrant in entrants:
        entrant.warm_up = load(
            entrant.server.port, requests, size.warm_up_seconds, size.connections, cores.load
        )


def _run_rounds(entrants: list[Entrant], size: RunSize, cores: Cores, scratch: Path) -> None:
    rates = [one.warm_up.per_second for one in entrants if one.warm_up and one.contender.database]
    prepared = int(max([PREPARED_PER_SECOND, *(rate * SPARE for rate in rates)]) * size.round_seconds)
    for number in range(1, size.rounds + 1):
        requests = _prepared(scratch, prepared)
        for entrant in entrants:
            _one_round(entrant, requests, size, cores)
        print_line(f"  round {number}:  " + "   ".join(_last_round(one) for one in entrants))


def _one_round(entrant: Entrant, requests: Requests, size: RunSize, cores: Cores) -> None:
    before = entrant.server.cpu_seconds()
    result = load(entrant.server.port, requests, size.round_seconds, size.connections, cores.load)
    spent = entrant.server.cpu_seconds() - before
    entrant.rounds.append(result)
    entrant.cpu_ms.append(spent * 1000 / max(1, result.answers))


def _prepared(scratch: Path, count: int) -> Requests:
    file = scratch / "requests"
    return Requests(file, write_requests(file, count))


def _last_round(entrant: Entrant) -> str:
    return f"{entrant.contender.name} {entrant.rounds[-1].per_second:,.0f}/s"


def _faults_under_load(entrant: Entrant) -> list[str]:
    runs = [*entrant.rounds, *([entrant.warm_up] if entrant.warm_up else [])]
    bad = sum(run.bad for run in runs)
    late = sum(run.timed_out for run in runs)
    missing = lost(entrant.contender, sum(run.answers - run.bad for run in runs if not run.rewound))
    again = entrant.contender.database and any(run.rewound for run in entrant.rounds)
    return [
        *([f"{bad} answers were not 200 with TwiML"] if bad else []),
        *([f"{late} answers took longer than Twilio waits"] if late else []),
        *([f"{missing} webhooks were answered but not stored"] if missing else []),
        *(["the requests ran out: ignore the figures"] if again else []),
    ]


def _figures(entrant: Entrant) -> dict[str, Any]:
    rates = [one.per_second for one in entrant.rounds]
    return {
        "name": entrant.contender.name,
        "per_second": entrant.per_second,
        "spread": (max(rates) - min(rates)) / entrant.per_second,
        "cpu_ms_per_webhook": median(entrant.cpu_ms),
        "p99_ms": median(one.p99_ms for one in entrant.rounds),
        "rounds": [asdict(one) | {"per_second": one.per_second} for one in entrant.rounds],
    }


def _ratios(entrants: list[Entrant]) -> list[dict[str, Any]]:
    by_name = {one.contender.name: one for one in entrants}
    ours = by_name.get("midcall")
    if ours is None:
        return []
    return [
        {
            "to": name,
            "ratio": ours.per_second / peer.per_second,
            "ratio_by_cpu": median(peer.cpu_ms) / median(ours.cpu_ms),
            "p99": median(one.p99_ms for one in ours.rounds) / median(one.p99_ms for one in peer.rounds),
            "floor": FLOORS.get(name),
            "floor_by_cpu": CPU_FLOORS.get(name),
        }
        for name, peer in by_name.items()
        if peer is not ours
    ]
