"""A shared HTTP cache for responses to GET (RFC 9111), on the emulator's clock.

Twilio caches by ETag, Last-Modified and Cache-Control, and never caches a response to POST
(https://www.twilio.com/docs/voice/twiml#twilio-is-a-well-behaved-http-client).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from urllib.request import parse_http_list

from multidict import CIMultiDict

from midcall_emulator.core.call_record import RequestItem
from midcall_emulator.core.clock import Clock
from midcall_emulator.core.digits import number_in
from midcall_emulator.wire.reply import Reply

_CAPACITY_BYTES = 64 * 1024 * 1024
_ENTRY_OVERHEAD_BYTES = 2048
_MAX_AGE_SECONDS = 10**9
_CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_CACHE_HEADERS = (*_CONDITIONS, "Cache-Control", "Expires", "Date", "Age", "Vary")
_VARIES_PER_REQUEST = frozenset({"*", "authorization", "cookie", "i-twilio-idempotency-token"})
_NOT_SHARED = frozenset({"no-store", "private"})
_SHARED_DESPITE_CREDENTIALS = frozenset({"public", "must-revalidate", "s-maxage"})


@dataclass(frozen=True, slots=True)
class _Entry:
    reply: Reply
    headers: dict[str, str]
    fresh_until: float

    @property
    def conditions(self) -> dict[str, str]:
        return {
            condition: self.headers[name] for name, condition in _CONDITIONS.items() if name in self.headers
        }

    @property
    def size(self) -> int:
        return len(self.reply.body) + _ENTRY_OVERHEAD_BYTES


class Cache:
    """The responses of one world by their whole URL. A full cache evicts the oldest."""

    def __init__(self, clock: Clock, capacity: int = _CAPACITY_BYTES) -> None:
        self._clock, self._capacity, self._left = clock, capacity, capacity
        self._entries: dict[str, _Entry] = {}

    def fresh(self, url: str) -> Reply | None:
        """Return the cached response, if it is fresh."""
        entry = self._entries.get(url)
        return entry.reply if entry and self._clock.now() < entry.fresh_until else None

    def conditions(self, url: str) -> dict[str, str]:
        """Return the headers that revalidate the cached response, {} without one."""
        entry = self._entries.get(url)
        return entry.conditions if entry else {}

    def update(self, item: RequestItem, reply: Reply) -> Reply:
        """Cache a response that may be cached; return it, or the cached one if the response is 304.

        A response to another method than GET invalidates the cached one (RFC 9111, 4.4).
        """
        if reply.problem:
            return reply
        headers = _cache_headers(reply.headers)
        if reply.status == 304 and (entry := self._entries.get(item.url)):
            reply, headers = entry.reply, entry.headers | headers
        self._drop(item.url)
        if item.conditions is not None and reply.status == 200 and reply.body:
            self._store(item.url, reply, headers)
        return reply

    def _store(self, url: str, reply: Reply, headers: dict[str, str]) -> None:
        directives = _directives(headers.get("Cache-Control", ""))
        if not _may_be_stored(url, directives, headers):
            return
        fresh_until = self._clock.now() + _lifetime(directives, headers, self._clock.date())
        entry = _Entry(reply, headers, fresh_until)
        if entry.size <= self._capacity and (entry.conditions or fresh_until > self._clock.now()):
            while self._left < entry.size:
                self._drop(next(iter(self._entries)))
            self._entries[url] = entry
            self._left -= entry.size

    def _drop(self, url: str) -> None:
        if entry := self._entries.pop(url, None):
            self._left += entry.size


def _cache_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that control caching; several of one name become one."""
    found = CIMultiDict(headers)
    return {name: ", ".join(found.getall(name)) for name in _CACHE_HEADERS if name in found}


def _directives(cache_control: str) -> dict[str, str]:
    parts = (item.partition("=") for item in parse_http_list(cache_control))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in parts}


def _may_be_stored(url: str, directives: dict[str, str], headers: dict[str, str]) -> bool:
    """Return whether a shared cache may store a response (RFC 9111, 3 and 3.5)."""
    varies = {name.strip().lower() for name in headers.get("Vary", "").split(",")}
    has_credentials = "@" in urlsplit(url).netloc
    is_personal = has_credentials and not _SHARED_DESPITE_CREDENTIALS & directives.keys()
    return not (is_personal or _NOT_SHARED & directives.keys() or _VARIES_PER_REQUEST & varies)


def _lifetime(directives: dict[str, str], headers: dict[str, str], now: datetime) -> float:
    """Return for how many seconds a response is fresh (RFC 9111, 4.2.1); 0 if no header says so."""
    if "no-cache" in directives:
        return 0
    stated = directives.get("s-maxage", directives.get("max-age"))
    if stated is not None:
        age = number_in(headers.get("Age", ""), 0, _MAX_AGE_SECONDS) or 0
        return (number_in(stated, 0, _MAX_AGE_SECONDS) or 0) - age
    expires = _date(headers.get("Expires", ""))
    return (expires - (_date(headers.get("Date", "")) or now)).total_seconds() if expires else 0


def _date(text: str) -> datetime | None:
    """Return an HTTP date, None for a value that is no date, such as ``Expires: 0``."""
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
