"""Mutants that change nothing anyone can see, each with the reason."""

from __future__ import annotations

import tomllib

from tests.support.imports import ROOT

EQUIVALENT = ROOT / "tests" / "mutants" / "equivalent.toml"


def known_equivalents(module: str) -> set[tuple[str, str]]:
    """The equivalent mutants of a module, as pairs of the function and the change."""
    entries = tomllib.loads(EQUIVALENT.read_text("utf-8")).get(module, [])
    return {(entry["function"], entry["change"].strip("\n")) for entry in entries}
