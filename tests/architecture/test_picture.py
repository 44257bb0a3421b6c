"""The picture in docs/architecture.md shows the imports between the packages of `voice`, and no others."""

from __future__ import annotations

import re

from tests.support.imports import ROOT, grouped, module_graph

PAGE = (ROOT / "docs" / "architecture.md").read_text()


def packages() -> set[str]:
    """The subpackages of `voice`."""
    return {path.parent.name for path in (ROOT / "voice").glob("*/__init__.py")}


def test_the_picture_shows_the_imports_between_packages():
    imported = grouped(module_graph("voice"))
    arrows = {
        (source, target)
        for source, targets in imported.items()
        for target in targets
        if {source, target} <= packages()
    }
    drawn = set(re.findall(r"^  (\w+) --> (\w+)$", PAGE, re.MULTILINE))
    assert drawn == arrows


def test_every_file_the_page_names_exists():
    named = re.findall(r"`((?:voice|midcall_emulator|tests)/[\w/.]+)`", PAGE)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []
