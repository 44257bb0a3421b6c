"""What the benchmarks need: their own virtual environment, the packages of the peer, and tools of the system."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.paths import EXPRESS, REQUIREMENTS, ROOT, VENV, VENV_PYTHON
from bench.report import print_line

SOURCES = {
    "wrk": "apt-get install wrk (or brew install wrk)",
    "taskset": "apt-get install util-linux",
    "node": "Node 20 or later, https://nodejs.org",
    "npm": "comes with Node, https://nodejs.org",
}


def missing(*tools: str) -> list[str]:
    """A line for each tool that is not on the PATH, with its source."""
    return [f"{tool} is missing: {SOURCES[tool]}" for tool in tools if shutil.which(tool) is None]


def continue_in_own_venv(arguments: list[str]) -> None:
    """Start again inside bench/.venv, which is created if needed; return if this process is inside it."""
    if Path(sys.prefix) == VENV:
        return
    _install_requirements()
    os.chdir(ROOT)
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", "bench", *arguments])


def install_express() -> list[str]:
    """Install the packages of the Express peer; the reasons why that is not possible."""
    problems = missing("node", "npm")
    if problems or _is_done(EXPRESS / "node_modules", EXPRESS / "package-lock.json"):
        return problems
    print_line("Installing the Express peer (compiling better-sqlite3 can take two minutes)…")
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"],
        cwd=EXPRESS, env=_with_node_headers(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return [f"npm ci in {EXPRESS.relative_to(ROOT)} failed: {done.stderr.strip()[-1500:]}"]
    _mark_done(EXPRESS / "node_modules", EXPRESS / "package-lock.json")
    return []


def _install_requirements() -> None:
    if _is_done(VENV, REQUIREMENTS):
        return
    print_line("Installing what the benchmarks need into bench/.venv…")
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    install = [str(VENV_PYTHON), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(install)} failed: {done.stderr.strip()[-1500:]}")
    _mark_done(VENV, REQUIREMENTS)


def _with_node_headers() -> dict[str, str]:
    """The environment, with the headers that came with Node if there are any: node-gyp downloads nothing."""
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
