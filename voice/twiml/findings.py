"""The findings of the checker in a document that it refuses."""

from collections.abc import Sequence
from typing import NamedTuple


class Finding(NamedTuple):
    """A problem in words for an operator, and its position: lines and columns count from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.message}"


class TwimlRefused(Exception):
    """A document that cannot be sent. `findings` has at least one problem, in document order."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = sorted(findings, key=lambda finding: (finding.line, finding.column))
        super().__init__(" ".join(str(finding) for finding in self.findings))


def shortened(text: str, longest: int = 60) -> str:
    """The text on one line, short enough to quote in a message."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
