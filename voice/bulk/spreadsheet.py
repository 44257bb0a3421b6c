"""CSV lines that are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

_FORMULA = re.compile(r"\s*[=+\-@|%\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+")


def line(cells: Iterable[Any]) -> str:
    """A CSV line with CRLF at its end. None becomes an empty cell."""
    text = io.StringIO()
    csv.writer(text).writerow("" if cell is None else _escape_formula(str(cell)) for cell in cells)
    return text.getvalue()


def _escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would calculate, as OWASP advises. Numbers stay as they are."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
