"""TwiML that an operator gives inline: checked before it goes to Twilio."""

from __future__ import annotations

from voice.twiml import TwimlRefused, check
from voice.validation import invalid


def checked_twiml(twiml: str, public_url: str) -> str:
    """The document as it goes over the wire. Raises ArgumentsRefused with every finding and its place."""
    try:
        return check(twiml, f"{public_url}/")
    except TwimlRefused as error:
        findings = [
            {
                "field": "twiml",
                "message": f"line {f.line}, column {f.column}: {f.message}",
                "line": f.line,
                "column": f.column,
            }
            for f in error.findings
        ]
        raise invalid(findings) from None
