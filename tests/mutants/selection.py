"""Which modules are mutated, and the tests of each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence

from tests.support.imports import ROOT

MODULES = ROOT / "tests" / "mutants" / "modules.toml"


def read_modules() -> dict[str, list[str]]:
    """The modules of modules.toml, each with the arguments of pytest that name its tests."""
    return tomllib.loads(MODULES.read_text("utf-8"))


def select(tests_of: Mapping[str, list[str]], wanted: Sequence[str]) -> list[str]:
    """The wanted modules, or all if none is named. A folder stands for its modules. Exits for an unknown one."""
    if not wanted:
        return list(tests_of)
    found = [module for module in tests_of if any(_is_named(module, name) for name in wanted)]
    if not found:
        raise SystemExit(f"{MODULES.name} names no module in {' '.join(wanted)}.")
    return found


def _is_named(module: str, name: str) -> bool:
    return module == name or module.startswith(name.rstrip("/") + "/")
