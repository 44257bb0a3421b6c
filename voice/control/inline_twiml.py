"""Inline TwiML from an operator, checked before Twilio receives it."""

from __future__ import annotations

from voice.twiml import TwimlRefused, check
from voice.validation import invalid


def check_twiml(twiml: str, public_url: str) -> str:
    """The document with absolute URLs. Raises ArgumentsRefused with the position of every problem."""
    try:
        return check(twiml, f"{public_url}/")
    except TwimlRefused as error:
        findings = [
            {
                "field": "twiml",
                "message": str(one),
                "line": one.line,
                "column": one.column,
            }
            for one in error.findings
        ]
        raise invalid(findings) from None
