"""Mutation tests: mutmut changes one expression of a module at a time, and the tests of that module have to fail.

    python -m tests.mutants                        all modules of modules.toml
    python -m tests.mutants voice/web/guards.py    some of them; a folder stands for its modules

A run keeps its results in `.mutants/`. The next run tries what is new and what no test noticed; `--fresh` forgets it.
"""

from __future__ import annotations

import argparse
import sys

from tests.mutants.equivalent import known_equivalents
from tests.mutants.mutmut_run import Mutant, run_mutmut
from tests.mutants.selection import read_modules, select
from tests.mutants.workspace import Workspace

GOAL = 90  # percent of the mutants that are not equivalent


def main() -> int:
    """Run the chosen modules and print what no test noticed; 1 if a module misses the goal."""
    options = _parser().parse_args()
    tests_of = read_modules()
    shares = {
        module: _run(Workspace(module, tests_of[module]), options.fresh)
        for module in select(tests_of, options.modules)
    }
    missed = [module for module, share in shares.items() if share < GOAL]
    for module in missed:
        print(f"{module}: fewer than {GOAL} % of the mutants are noticed")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("modules", nargs="*", help="modules or folders, such as voice/web/guards.py")
    parser.add_argument("--fresh", action="store_true", help="forget the results of earlier runs")
    return parser


def _run(workspace: Workspace, fresh: bool) -> float:
    """Run one module and print its result; the share of noticed mutants in percent."""
    workspace.build(fresh)
    mutants, equivalents = run_mutmut(workspace), known_equivalents(workspace.module)
    counted = [one for one in mutants if one.noticed or (one.function, one.change) not in equivalents]
    unnoticed = [one for one in counted if not one.noticed]
    share = 100.0 * (len(counted) - len(unnoticed)) / len(counted) if counted else 100.0
    _print(workspace.module, unnoticed)
    print(
        f"{workspace.module}: {len(mutants)} mutants, {len(mutants) - len(counted)} equivalent,"
        f" {len(counted) - len(unnoticed)} noticed"
        f" ({sum(one.status == 'timeout' for one in mutants)} by a time-out),"
        f" {len(unnoticed)} unnoticed: {share:.1f} %",
        flush=True,
    )
    return share


def _print(module: str, unnoticed: list[Mutant]) -> None:
    for one in unnoticed:
        print(f"{module}, {one.function}, {one.status}:\n{one.change}\n")


sys.exit(main())
