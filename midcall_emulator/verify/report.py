"""The result of a run as a table, and as JSON."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from midcall_emulator.verify.comparison import Finding
from midcall_emulator.verify.scenario import Value

_VERDICTS = ("differs", "no answer", "same")


def as_table(findings: list[Finding], named_set: str) -> str:
    """Return two lines for each question, and a line with the sums; differences come first."""
    ordered = sorted(findings, key=lambda item: _VERDICTS.index(item.verdict))
    rows = [("", "", "Twilio", f"emulator ({named_set})"), *(_cells(item) for item in ordered)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for row, item in zip(rows, [None, *ordered], strict=True):
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        lines.append("  ".join([*cells, row[3]]).rstrip())
        if item:
            lines.append(f"{'':{widths[0]}}  {item.scenario.question}")
        if item and item.note:
            lines.append(f"{'':{widths[0]}}  {item.note}")
    return "\n".join([*lines, "", _sums(findings)])


def as_json(findings: list[Finding], named_set: str, version: str, spent_usd: float) -> dict[str, Any]:
    """Return the result without phone numbers, SIDs and addresses."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "emulator": version,
        "switches": named_set,
        "most_spent_usd": round(spent_usd, 2),
        "findings": [item.as_dict() for item in findings],
    }


def _cells(item: Finding) -> tuple[str, str, str, str]:
    unit = item.scenario.unit
    twilio = "-" if item.twilio is None else _text(item.twilio, unit)
    emulator = " to ".join(dict.fromkeys(_text(value, unit) for value in item.emulator))
    return item.verdict, item.scenario.name, twilio, emulator


def _text(value: Value, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    number = f"{value:g}" if isinstance(value, float | int) else value
    return f"{number} {unit}".strip()


def _sums(findings: list[Finding]) -> str:
    counts = Counter(item.verdict for item in findings)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in reversed(_VERDICTS))
