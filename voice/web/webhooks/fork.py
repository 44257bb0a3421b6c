"""The callback of a stream, a transcription or a SIPREC session: media that is forked from the call."""

from __future__ import annotations

from voice.web.webhooks.form import Webhook


def fork_event(webhook: Webhook) -> str:
    """The event in Twilio's words: `stream-started`, `transcription-error`, and so on."""
    return webhook.text("StreamEvent") or webhook.text("TranscriptionEvent") or webhook.text("SiprecEvent")


def fork_error(webhook: Webhook) -> str | None:
    """The reason why the fork failed; None if it did not fail."""
    event = fork_event(webhook)
    if not event.endswith("-error"):
        return None
    reasons = (webhook.text(name) for name in ("StreamError", "TranscriptionError", "SiprecError"))
    return next(filter(None, reasons), event)
