"""Look-ups of calls at Twilio for operators: kept for a moment, and bounded for each person."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from voice.twilio.resources import Resource
from voice.web.person_limits import PersonLimits

KEPT_SECONDS = 1.0
KEPT_CALLS = 1_000


class TwilioLookups:
    """Twilio's Call resources. Requests for the same call at the same time share one request to Twilio."""

    def __init__(self, fetch: Callable[[str], Resource], limits: PersonLimits):
        self._fetch, self._limits = fetch, limits
        self._kept: OrderedDict[str, tuple[float, Resource]] = OrderedDict()
        self._turns: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def call(self, person: str, call_sid: str) -> Resource:
        """The Call resource, at most a second old. Raises TooManyRequests, and what the look-up raises."""
        with self._lock:
            turn = self._turns.setdefault(call_sid, threading.Lock())
        try:
            with turn:
                return self._found(person, call_sid)
        finally:
            if not turn.locked():
                self._turns.pop(call_sid, None)

    def _found(self, person: str, call_sid: str) -> Resource:
        at, resource = self._kept.get(call_sid, (None, None))
        if at is not None and resource is not None and time.monotonic() - at < KEPT_SECONDS:
            return resource
        self._limits.count_twilio(person)
        resource = self._fetch(call_sid)
        self._kept[call_sid] = (time.monotonic(), resource)
        self._kept.move_to_end(call_sid)
        while len(self._kept) > KEPT_CALLS:
            self._kept.popitem(last=False)
        return resource
