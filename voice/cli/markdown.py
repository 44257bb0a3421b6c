"""Markdown tables for the generated pages of docs/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a header, a line for each row."""
    lines = [_line(columns), "|" + "---|" * len(columns), *(_line(cells) for cells in rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
