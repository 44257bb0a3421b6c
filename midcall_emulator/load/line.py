"""The line to an emulator: what callers do goes there as requests, what happens comes back as its feed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from midcall_emulator.load.caller import Caller, CutOff, Refused
from midcall_emulator.load.statistics import Figures


class HttpLine:
    """Face two of an emulator over HTTP. Each caller is known by the number that they dial from."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, figures: Figures, speed: float = 1.0
    ) -> None:
        self._session, self._url, self._figures, self.speed = session, url + "/_emulator", figures, speed
        self._by_number: dict[str, Caller] = {}
        self._by_sid: dict[str, Caller] = {}

    async def do(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a request; CutOff if the call is over, Refused if anything else is wrong."""
        try:
            async with self._session.post(self._url + path, json=body) as answer:
                found = await answer.json()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Refused(f"the emulator does not answer: {error!r}") from None
        if answer.status == 409:
            raise CutOff
        if answer.status >= 400:
            raise Refused(found["error"]["message"])
        return dict(found)

    def expect(self, caller: Caller) -> None:
        """Pass on to ``caller`` what happens on the call from their number."""
        self._by_number[caller.number] = caller

    async def listen(self, ready: asyncio.Event) -> None:
        """Follow the feed for ever; ``ready`` is set once nothing can be missed. Refused if it breaks off."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
        try:
            async with self._session.get(self._url + "/events", timeout=timeout) as feed:
                kind = ""
                async for raw in feed.content:
                    field, _, value = raw.decode().rstrip("\n").partition(": ")
                    if field == "":
                        ready.set()
                    elif field == "event":
                        kind = value
                    elif field == "data":
                        self._happened(kind, json.loads(value))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Refused(f"the feed broke: {error!r}") from None
        raise Refused("the feed broke off: the emulator stopped, or this machine cannot keep up")

    def _happened(self, kind: str, body: dict[str, Any]) -> None:
        sid = body.get("sid", "")
        if kind == "call" and body.get("direction") == "inbound" and body["from"] in self._by_number:
            self._by_sid[sid] = self._by_number[body["from"]]
        caller = self._by_sid.get(sid)
        self._figures.count(kind, body, is_ours=caller is not None)
        if caller:
            caller.notice(kind, body)
        if caller and kind == "status" and caller.is_over:
            del self._by_sid[sid], self._by_number[caller.number]
