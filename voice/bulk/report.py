"""The report of a run, call by call, as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from voice.registry import BulkRun, Registry

COLUMNS = (
    "call_sid", "from", "to", "outcome", "state", "error_code", "twilio_code", "message", "command_id",
)  # fmt: skip
NEW = "new_since_preview"
_FORMULA = re.compile(r"\s*[=+\-@|%\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+")


def as_csv(registry: Registry, run: BulkRun) -> Iterator[str]:
    """The lines: a heading, each call of the run, then those that matched only later and were not run."""
    yield _line(COLUMNS)
    for page in pages(registry, run.id):
        yield "".join(_line(_cells(row)) for row in page)
    yield "".join(_line(_cells({"call_sid": call_sid, "outcome": NEW})) for call_sid in run.new_since_preview)


def pages(registry: Registry, run_id: str) -> Iterator[list[dict[str, Any]]]:
    """The report in pages of 500 calls."""
    after: int | None = -1
    while after is not None:
        page, after = registry.bulk.report(run_id, after, 500)
        yield page


def _cells(row: Mapping[str, Any]) -> Iterable[str]:
    return ("" if row.get(name) is None else _harmless(str(row[name])) for name in COLUMNS)


def _harmless(text: str) -> str:
    """What a spreadsheet would calculate gets an apostrophe before it, as OWASP advises; a number is a number."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
