"""Lines of CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

_FORMULA = re.compile(r"\s*[=+\-@|%\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+")


def line(cells: Iterable[Any]) -> str:
    """One line, CRLF at its end; None is an empty cell."""
    text = io.StringIO()
    csv.writer(text).writerow("" if cell is None else _harmless(str(cell)) for cell in cells)
    return text.getvalue()


def _harmless(text: str) -> str:
    """What a spreadsheet would calculate gets an apostrophe before it, as OWASP advises; a number is a number."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
