"""TwiML apps: URLs under a name, for numbers and calls to share
(https://www.twilio.com/docs/usage/api/applications)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from emulator.numbers import Number
from emulator.sids import new_sid


@dataclass(slots=True)
class Application:
    """A TwiML app."""

    sid: str = ""
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    created: float = 0.0
    updated: float = 0.0


class Applications:
    """Every TwiML app of the account, by its sid."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Application] = {}

    def add(self, application: Application) -> Application:
        """Take an app in, with a sid; return it."""
        application.sid = application.sid or new_sid("AP")
        self._by_sid[application.sid] = application
        return application

    def get(self, sid: str) -> Application | None:
        """Return the app with this sid, None if there is none."""
        return self._by_sid.get(sid)

    def remove(self, sid: str) -> None:
        """Delete an app."""
        self._by_sid.pop(sid, None)

    def line(self, number: Number) -> Number | Application:
        """Return what says where a number's calls go: its app, if it has one, else the number itself."""
        return self._by_sid.get(number.voice_application_sid, number)

    def __iter__(self) -> Iterator[Application]:
        return iter(list(self._by_sid.values()))
