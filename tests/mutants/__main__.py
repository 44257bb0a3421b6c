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
    missed = [
        module
        for module in select(tests_of, options.modules)
        if _share(module, tests_of[module], options.fresh) < GOAL
    ]
    for module in missed:
        print(f"{module}: fewer than {GOAL} % of the mutants are noticed")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("modules", nargs="*", help="modules or folders, such as voice/web/guards.py")
    parser.add_argument("--fresh", action="store_true", help="forget the results of earlier runs")
    return parser


def _share(module: str, tests: list[str], fresh: bool) -> float:
    """Run one module; the share of noticed mutants in percent."""
    workspace = Workspace(module, tests)
    workspace.build(fresh)
    mutants = run_mutmut(workspace)
    equivalents = known_equivalents(module)
    unnoticed = [one for one in mutants if not one.noticed]
    real = [one for one in unnoticed if (one.function, one.change) not in equivalents]
    _report(module, mutants, unnoticed, real)
    counted = len(mutants) - (len(unnoticed) - len(real))
    return 100.0 * (counted - len(real)) / counted if counted else 100.0


def _report(module: str, mutants: list[Mutant], unnoticed: list[Mutant], real: list[Mutant]) -> None:
    for one in real:
        print(f"\n{one.status}: {one.function}\n{one.change}")
    slow = sum(one.status == "timeout" for one in mutants)
    noticed, equivalent = len(mutants) - len(unnoticed), len(unnoticed) - len(real)
    share = 100.0 * noticed / (len(mutants) - equivalent) if len(mutants) > equivalent else 100.0
    print(
        f"\n{module}: {len(mutants)} mutants, {equivalent} equivalent, {noticed} noticed"
        f" ({slow} by a time-out), {len(real)} unnoticed: {share:.1f} %",
        flush=True,
    )


sys.exit(main())
