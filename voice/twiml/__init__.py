"""Checks the TwiML that an operator wants to push into a live call."""

from voice.twiml.checker import LONGEST_ON_THE_WIRE, check
from voice.twiml.findings import Finding, TwimlRefused

__all__ = ["LONGEST_ON_THE_WIRE", "Finding", "TwimlRefused", "check"]
