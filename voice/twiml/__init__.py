"""The checker for TwiML that operators send to live calls."""

from voice.twiml.checker import MAX_SENT_LENGTH, check
from voice.twiml.findings import Finding, TwimlRefused

__all__ = ["MAX_SENT_LENGTH", "Finding", "TwimlRefused", "check"]
