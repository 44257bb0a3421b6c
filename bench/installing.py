"""Gets what the benchmarks need: their own virtual environment, the peer's packages; names missing tools."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.places import EXPRESS, REQUIREMENTS, ROOT, VENV, VENV_PYTHON
from bench.report import say

HOW_TO_GET = {
    "wrk": "apt-get install wrk (or brew install wrk)",
    "taskset": "apt-get install util-linux",
    "node": "Node 20 or later, https://nodejs.org",
    "npm": "comes with Node, https://nodejs.org",
}


def missing(*tools: str) -> list[str]:
    """A line for each tool that is not on the PATH: what it is, and how to get it."""
    return [f"{tool} is missing: {HOW_TO_GET[tool]}" for tool in tools if shutil.which(tool) is None]


def continue_in_own_venv(arguments: list[str]) -> None:
    """Make bench/.venv if need be, and start over inside it; returns if this process is already there."""
    if Path(sys.prefix) == VENV:
        return
    _fill_venv()
    os.chdir(ROOT)
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", "bench", *arguments])


def install_express() -> list[str]:
    """Have the peer's packages in node_modules; returns what stands against it."""
    without = missing("node", "npm")
    if without or _is_done(EXPRESS / "node_modules", EXPRESS / "package-lock.json"):
        return without
    say("Installing the peer in Express (better-sqlite3 may have to be compiled: some two minutes)…")
    ended = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"],
        cwd=EXPRESS, env=_with_node_headers(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ended.returncode:
        return [f"npm ci in {EXPRESS.relative_to(ROOT)} failed: {ended.stderr.strip()[-1500:]}"]
    _mark_done(EXPRESS / "node_modules", EXPRESS / "package-lock.json")
    return []


def _fill_venv() -> None:
    if _is_done(VENV, REQUIREMENTS):
        return
    say("Installing what the benchmarks need into bench/.venv…")
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    install = [str(VENV_PYTHON), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)]
    ended = subprocess.run(install, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(install)} failed: {ended.stderr.strip()[-1500:]}")
    _mark_done(VENV, REQUIREMENTS)


def _with_node_headers() -> dict[str, str]:
    """The environment, with the headers that came with Node where there are any: no download for node-gyp."""
    prefix = Path(os.path.realpath(shutil.which("node") or "node")).parent.parent
    has_headers = (prefix / "include" / "node" / "node.h").exists()
    return {**({"npm_config_nodedir": str(prefix)} if has_headers else {}), **os.environ}


def _stamp(source: Path) -> str:
    return hashlib.sha256(source.read_bytes()).hexdigest()


def _is_done(target: Path, source: Path) -> bool:
    stamp = target / ".installed-from"
    return stamp.exists() and stamp.read_text() == _stamp(source)


def _mark_done(target: Path, source: Path) -> None:
    (target / ".installed-from").write_text(_stamp(source))
