"""The machine of a run: its processor, its load, and the version of every part."""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.paths import EXPRESS, VENV_PYTHON

PYTHON_VERSIONS = """
import importlib.metadata as found, json, platform, sqlite3, sys
versions = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
for name in sys.argv[1:]:
    try:
        versions[name] = found.version(name)
    except found.PackageNotFoundError:
        pass
print(json.dumps(versions))
"""
NODE_VERSIONS = """
const Database = require('better-sqlite3');
const sqlite = new Database(':memory:').prepare('select sqlite_version() as v').get().v;
const versions = { node: process.versions.node, 'sqlite in node': sqlite };
for (const name of ['express', 'twilio', 'better-sqlite3']) {
  versions[name === 'twilio' ? 'twilio-node' : name] = require(name + '/package.json').version;
}
console.log(JSON.stringify(versions));
"""
OURS = ("flask", "werkzeug", "gunicorn", "gevent", "twilio", "sqlalchemy")
PEERS = ("fastapi", "uvicorn", "starlette", "uvloop")


def machine(root: Path) -> dict[str, Any]:
    """Processor, cores, load and versions. A part that is not installed is left out."""
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "load": " ".join(f"{one:.2f}" for one in os.getloadavg()),
        "versions": {
            **_json_of([str(root / ".venv" / "bin" / "python"), "-c", PYTHON_VERSIONS, *OURS]),
            **_only(PEERS, _json_of([str(VENV_PYTHON), "-c", PYTHON_VERSIONS, *PEERS])),
            **_json_of(["node", "-e", NODE_VERSIONS], EXPRESS),
            **_wrk(),
        },
    }


def cpu_model() -> str:
    """The name of the processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _json_of(command: list[str], directory: Path | None = None) -> dict[str, str]:
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(json.loads(done.stdout))


def _only(names: tuple[str, ...], versions: dict[str, str]) -> dict[str, str]:
    return {name: version for name, version in versions.items() if name in names}


def _wrk() -> dict[str, str]:
    if shutil.which("wrk") is None:
        return {}
    words = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout.split()
    return {"wrk": words[1]} if len(words) > 1 else {}
