"""Where calls go and where their ends are reported: the settings that a number and a TwiML app share."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.core.call_record import Handlers
from midcall_emulator.core.outcomes import Fetch


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """URLs and methods of a number (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource) or
    a TwiML app (https://www.twilio.com/docs/usage/api/applications); "" is an unset URL."""

    url: str = ""
    method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"

    def source(self) -> Fetch | None:
        """Return the first document of a call, None without a voice URL."""
        return Fetch(self.url, self.method) if self.url else None

    def handlers(self) -> Handlers:
        """Return the handlers of a call; without a voice URL, no status callback reports the failed call."""
        callback = self.status_callback if self.url else ""
        return Handlers(self.fallback_url, self.fallback_method, callback, self.status_callback_method)
