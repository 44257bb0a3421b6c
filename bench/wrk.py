"""The load: wrk on its own core, and the report of its replay script."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cores import pinned
from bench.paths import REPLAY
from bench.processes import SetupFailed

TIMEOUT_SECONDS = 15  # Twilio waits this long for the answer to a webhook


@dataclass(frozen=True)
class Requests:
    """A file of different requests, all of one length."""

    file: Path
    length: int


@dataclass(frozen=True)
class Load:
    """The counts of one run of wrk."""

    answers: int
    seconds: float
    bad: int
    timed_out: int
    rewound: int
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


def load(port: int, requests: Requests, seconds: int, connections: int, core: int | None) -> Load:
    """Send the requests of the file on all connections, each as soon as the last one is answered."""
    wrk = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s"]
    wrk += ["--timeout", f"{TIMEOUT_SECONDS}s", "-s", str(REPLAY)]
    command = [*wrk, f"http://127.0.0.1:{port}", "--", str(requests.file), str(requests.length)]
    done = subprocess.run(
        pinned(core, command), capture_output=True, text=True, check=False, timeout=seconds + 30
    )
    if done.returncode:
        raise SetupFailed(f"wrk: {done.stderr.strip()} {done.stdout.strip()[-500:]}")
    return _parsed(json.loads(done.stdout.strip().splitlines()[-1]))


def _parsed(report: dict[str, Any]) -> Load:
    return Load(
        answers=report["answers"],
        seconds=report["microseconds"] / 1e6,
        bad=report["bad"] + report["broken"],
        timed_out=report["timed_out"],
        rewound=report["rewound"],
        p50_ms=report["p50_ms"],
        p99_ms=report["p99_ms"],
    )
