"""A run of mutmut in a workspace, and its results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutants.workspace import Workspace

NOTICED = {"killed", "timeout", "segfault", "caught by type check"}


@dataclass(frozen=True)
class Mutant:
    """One change of one function, and what the tests made of it."""

    function: str
    change: str
    status: str

    @property
    def noticed(self) -> bool:
        """Whether a test failed."""
        return self.status in NOTICED


def run_mutmut(workspace: Workspace) -> list[Mutant]:
    """Run what is new and what no test noticed before; all mutants of the module. Exits if mutmut fails."""
    results = workspace.path / "mutants" / f"{workspace.module}.meta"
    _forget_unnoticed(results)
    command = [Path(sys.executable).with_name("mutmut"), "run", "--max-children", "1"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # each mutant starts pytest anew
    done = subprocess.run(
        command, cwd=workspace.path, env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode or not results.exists():
        output = done.stdout.replace("\r", "\n")[-2000:] + done.stderr[-4000:]
        raise SystemExit(f"{workspace.module}: mutmut failed with the status {done.returncode}.\n{output}")
    with _inside(workspace.path):
        return list(_mutants(workspace.module, json.loads(results.read_text("utf-8"))["exit_code_by_key"]))


def _forget_unnoticed(results: Path) -> None:
    """Let mutmut try again what no test noticed: it takes every stored result for final."""
    if results.exists():
        found: dict[str, Any] = json.loads(results.read_text("utf-8"))
        codes = found["exit_code_by_key"]
        found["exit_code_by_key"] = {name: code if code == 1 else None for name, code in codes.items()}
        results.write_text(json.dumps(found), "utf-8")


def _mutants(module: str, codes: dict[str, int | None]) -> Iterator[Mutant]:
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.stats import status_by_exit_code

    for name, code in codes.items():
        diff = get_diff_for_mutant(name, path=module).splitlines()
        change = "\n".join(line for line in diff[2:] if line.startswith(("-", "+")))
        yield Mutant(_function(name), change, status_by_exit_code[code])


def _function(name: str) -> str:
    """The function in mutmut's name of a mutant, such as `voice.a.xǁBǁc__mutmut_1` for the method `B.c`."""
    mangled = name.rpartition(".")[2].rpartition("__mutmut_")[0]
    return mangled.removeprefix("xǁ").replace("ǁ", ".") if "ǁ" in mangled else mangled.removeprefix("x_")


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """mutmut reads its results from the working folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
