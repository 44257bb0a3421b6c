"""What the checker says about a document that it refuses."""

from collections.abc import Sequence
from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that is wrong, in an operator's words, and where: lines and columns count from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class TwimlRefused(Exception):
    """A document cannot be sent. `findings` holds the reasons in document order, at least one."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = sorted(findings, key=lambda finding: (finding.line, finding.column))
        super().__init__("; ".join(str(finding) for finding in self.findings))


def shortened(text: str, longest: int = 60) -> str:
    """Somebody's text on one line, fit to be quoted in a message."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
