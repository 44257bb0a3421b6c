"""Inline TwiML from an operator, checked before Twilio receives it."""

from __future__ import annotations

from functools import partial

from voice.config import Config
from voice.control.allowed_urls import host_problem
from voice.twiml import TwimlRefused, check
from voice.validation import invalid


def absolute_twiml(config: Config, twiml: str) -> str:
    """The document with absolute URLs, all on allowed hosts. Raises TwimlRefused."""
    return check(twiml, f"{config['PUBLIC_URL']}/", partial(host_problem, config))


def check_twiml(config: Config, twiml: str) -> str:
    """Like `absolute_twiml`, for an argument. Raises ArgumentsRefused with the position of every problem."""
    try:
        return absolute_twiml(config, twiml)
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
