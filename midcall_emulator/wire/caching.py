"""Answers to GET that are used again, as a cache that many share keeps them (RFC 9111), on the emulator's clock.

Twilio keeps by ETag, Last-Modified and Cache-Control, and never an answer to POST
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
from midcall_emulator.wire.delivery import Reply

ROOM = 64 * 1024 * 1024
_BESIDE_THE_BODY = 2048
_LONGEST_SECONDS = 10**9
_ASKED_BY = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_LOOKED_AT = (*_ASKED_BY, "Cache-Control", "Expires", "Date", "Age", "Vary")
_DIFFERENT_EACH_TIME = frozenset({"*", "authorization", "cookie", "i-twilio-idempotency-token"})
_FORBIDDING = frozenset({"no-store", "private"})
_FOR_EVERYBODY = frozenset({"public", "must-revalidate", "s-maxage"})


@dataclass(frozen=True, slots=True)
class _Kept:
    reply: Reply
    headers: dict[str, str]
    until: float

    @property
    def conditions(self) -> dict[str, str]:
        return {asks: self.headers[name] for name, asks in _ASKED_BY.items() if name in self.headers}


class Cache:
    """The answers of one world, by the whole URL; the oldest go when there is no more room."""

    def __init__(self, clock: Clock, room: int = ROOM) -> None:
        self._clock, self._room, self._left = clock, room, room
        self._kept: dict[str, _Kept] = {}

    def fresh(self, url: str) -> Reply | None:
        """Return the answer that need not be asked for yet."""
        kept = self._kept.get(url)
        return kept.reply if kept and self._clock.now() < kept.until else None

    def conditions(self, url: str) -> dict[str, str]:
        """Return the headers that ask whether the kept answer is still the right one; none without one."""
        kept = self._kept.get(url)
        return kept.conditions if kept else {}

    def take(self, item: RequestItem, reply: Reply) -> Reply:
        """Keep an answer that may be kept; return it, or the kept one where it says (304) that this still holds.

        An answer to anything but GET makes the one to GET of that URL invalid (RFC 9111, 4.4).
        """
        if reply.problem:
            return reply
        headers = _looked_at(reply.headers)
        if reply.status == 304 and (kept := self._kept.get(item.url)):
            reply, headers = kept.reply, kept.headers | headers
        self._drop(item.url)
        if item.conditions is not None and reply.status == 200 and reply.body:
            self._keep(item.url, reply, headers)
        return reply

    def _keep(self, url: str, reply: Reply, headers: dict[str, str]) -> None:
        directives = _directives(headers.get("Cache-Control", ""))
        if not _may_be_kept(url, directives, headers):
            return
        until = self._clock.now() + _seconds(directives, headers, self._clock.date())
        kept = _Kept(reply, headers, until)
        size = _size(kept)
        if size <= self._room and (kept.conditions or until > self._clock.now()):
            while self._left < size:
                self._drop(next(iter(self._kept)))
            self._kept[url] = kept
            self._left -= size

    def _drop(self, url: str) -> None:
        if kept := self._kept.pop(url, None):
            self._left += _size(kept)


def _size(kept: _Kept) -> int:
    return len(kept.reply.body) + _BESIDE_THE_BODY


def _looked_at(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that decide, several of one name as one."""
    found = CIMultiDict(headers)
    return {name: ", ".join(found.getall(name)) for name in _LOOKED_AT if name in found}


def _directives(cache_control: str) -> dict[str, str]:
    parts = (item.partition("=") for item in parse_http_list(cache_control))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in parts}


def _may_be_kept(url: str, directives: dict[str, str], headers: dict[str, str]) -> bool:
    """Say whether an answer is for everybody who asks in the same way (RFC 9111, 3 and 3.5)."""
    varies = {name.strip().lower() for name in headers.get("Vary", "").split(",")}
    is_personal = "@" in urlsplit(url).netloc and not _FOR_EVERYBODY & directives.keys()
    return not (is_personal or _FORBIDDING & directives.keys() or _DIFFERENT_EACH_TIME & varies)


def _seconds(directives: dict[str, str], headers: dict[str, str], now: datetime) -> float:
    """Return how long an answer is fresh (RFC 9111, 4.2.1); 0 where nothing says so: nothing is guessed."""
    if "no-cache" in directives:
        return 0
    stated = directives.get("s-maxage", directives.get("max-age"))
    if stated is not None:
        age = number_in(headers.get("Age", ""), 0, _LONGEST_SECONDS) or 0
        return (number_in(stated, 0, _LONGEST_SECONDS) or 0) - age
    expires = _date(headers.get("Expires", ""))
    return (expires - (_date(headers.get("Date", "")) or now)).total_seconds() if expires else 0


def _date(text: str) -> datetime | None:
    """Return a date of HTTP, None for what is none, such as ``Expires: 0``."""
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
