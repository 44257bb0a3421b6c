"""The pictures in docs/architecture.md show the imports between the packages, and no others.

An arrow that follows from two or more others is not drawn, so the arrows lead to the same packages as the imports.
"""

from __future__ import annotations

import re

import pytest

from tests.support.imports import ROOT, Graph, grouped, module_graph

PAGE = (ROOT / "docs" / "architecture.md").read_text()


def subpackages(package: str) -> set[str]:
    """The folders of a package that hold Python modules."""
    return {path.parent.name for path in (ROOT / package).glob("*/*.py")}


def imports(package: str) -> Graph:
    """The subpackages, each with the subpackages that it imports."""
    known = subpackages(package)
    return {
        part: targets & known for part, targets in grouped(module_graph(package)).items() if part in known
    }


def drawn(package: str) -> Graph:
    """The arrows of the picture below the heading of a package."""
    section = PAGE.split(f"## The packages of `{package}`")[1].split("\n## ")[0]
    arrows = re.findall(r"^  (\w+) --> (\w+)$", section, re.MULTILINE)
    return {part: frozenset(target for source, target in arrows if source == part) for part, _ in arrows}


def reachable(graph: Graph, start: str) -> set[str]:
    """The nodes that arrows lead to from `start`."""
    found: set[str] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += graph.get(node, ())
    return found


@pytest.mark.parametrize("package", ["voice", "midcall_emulator"])
def test_each_arrow_is_an_import(package):
    imported = imports(package)
    assert {
        part: targets - imported[part] for part, targets in drawn(package).items() if targets - imported[part]
    } == {}


@pytest.mark.parametrize("package", ["voice", "midcall_emulator"])
def test_the_arrows_lead_to_all_that_a_package_imports(package):
    arrows, imported = drawn(package), imports(package)
    assert {part: reachable(imported, part) - reachable(arrows, part) for part in imported} == {
        part: set() for part in imported
    }


def test_every_file_the_page_names_exists():
    named = re.findall(r"`((?:voice|midcall_emulator|tests)/[\w/.]+)`", PAGE)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []
