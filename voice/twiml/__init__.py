"""The checker for TwiML that operators send to live calls."""

from voice.twiml.checker import MAX_SENT_LENGTH, check
from voice.twiml.dialing import following_documents, rings_phone
from voice.twiml.findings import Finding, TwimlRefused
from voice.twiml.rewriting import rewrite_urls

__all__ = [
    "MAX_SENT_LENGTH", "Finding", "TwimlRefused", "check", "following_documents", "rewrite_urls", "rings_phone",
]  # fmt: skip
