"""The report of a bulk run as CSV, one line for each call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from voice.bulk.spreadsheet import line
from voice.registry import BulkRun, Registry
from voice.registry.bulk_items import BulkCall

COLUMNS = (
    "call_sid", "from", "to", "outcome", "state", "error_code", "twilio_code", "message", "command_id",
)  # fmt: skip
PAGE = 50  # calls that are read at once: a few milliseconds on SQLite
NEW = "new_since_preview"


def as_csv(registry: Registry, run: BulkRun) -> Iterator[str]:
    """The lines: the heading, the calls of the run, then the calls that matched after the preview and were not run."""
    yield line(COLUMNS)
    for page in pages(registry, run.id):
        with registry.database.read_turns.turn():
            lines = "".join(_line(row) for row in page)
        yield lines
    yield "".join(_line({"call_sid": call_sid, "outcome": NEW}) for call_sid in run.new_since_preview)


def pages(registry: Registry, run_id: str) -> Iterator[list[BulkCall]]:
    """The report in pages of 50 calls."""
    after: int | None = -1
    while after is not None:
        page, after = registry.bulk.report(run_id, after, PAGE)
        yield page


def _line(row: Mapping[str, Any]) -> str:
    return line(row.get(name) for name in COLUMNS)
