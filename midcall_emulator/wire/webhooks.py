"""The only place that sends requests to an app: signed, bounded, retried and recorded as Twilio does it."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urljoin

import aiohttp

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire import overrides, parameters
from midcall_emulator.wire.caching import Cache
from midcall_emulator.wire.delivery import Reply, deliver, open_session
from midcall_emulator.wire.faults import DELIVERY_FAULTS, Fault, HasFaults
from midcall_emulator.wire.signature import sign
from midcall_emulator.wire.urls import add_query, encode_form, encode_url, is_http_url
from midcall_emulator.wire.webhook_faults import send_with_fault

MAX_REDIRECTS = 10


class WebhookWorld(HasAccount, HasCallLog, HasClock, HasFaults, HasSwitches, Protocol):
    """The parts of the world that webhooks use."""


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """What to request, and why: ``kind`` is twiml, fallback, action, status, recording, media or whisper."""

    kind: str
    url: str
    method: str = "POST"
    params: tuple[tuple[str, str], ...] = ()
    call_status: str | None = None
    bare: bool = False

    @property
    def is_awaited(self) -> bool:
        """Whether the call cannot go on without the answer."""
        return not self.bare or self.kind == "media"


class Webhooks:
    """Sends errands for calls of one world, each over a connection of its own unless a switch says otherwise."""

    def __init__(self, world: WebhookWorld, session: aiohttp.ClientSession) -> None:
        self._world, self._session = world, session
        self._keeping: aiohttp.ClientSession | None = None
        self._cache = Cache(world.clock)

    async def close(self) -> None:
        """Close the connections that were kept."""
        if self._keeping:
            await self._keeping.close()

    def send(
        self, call: Call, request: OutgoingRequest, trail: list[RequestItem] | None = None
    ) -> asyncio.Task[Reply]:
        """Start the request and return its task: it runs to its end even if nobody waits for the reply.

        ``trail`` is filled with one item per request that this takes (retries, redirects).
        """
        return self._world.clock.spawn(self._send(call, request, [] if trail is None else trail))

    async def fetch(self, call: Call, request: OutgoingRequest) -> Reply:
        """Send, and wait for the reply. A waiter that is cut off leaves the request running, its answer unused."""
        trail: list[RequestItem] = []
        task = self.send(call, request, trail)
        try:
            return await self._world.clock.park(asyncio.shield(task))
        except asyncio.CancelledError:
            task.add_done_callback(lambda _: _discard(trail))
            raise

    async def _send(self, call: Call, request: OutgoingRequest, trail: list[RequestItem]) -> Reply:
        if not is_http_url(request.url):
            return Reply(
                url=request.url, problem=Problem(11100, f"Invalid URL format: {request.url!r}", request.url)
            )
        budget = self._world.switches.webhook_timeout_seconds
        url, limits, complaints = overrides.split(request.url, budget)
        for flaw in complaints:
            self._world.log.problem(call, flaw)
        request = request if url == request.url else replace(request, url=url)
        token, deadline = str(uuid.uuid4()), time.monotonic() + limits.total_seconds
        for left in range(limits.retries, -1, -1):
            limits.total_seconds = max(0.001, deadline - time.monotonic())
            reply = await self._follow(call, request, limits, token, trail)
            if not left or reply.failure not in limits.retry_after or time.monotonic() >= deadline:
                break
        return reply

    async def _follow(
        self,
        call: Call,
        request: OutgoingRequest,
        limits: overrides.Limits,
        token: str,
        trail: list[RequestItem],
    ) -> Reply:
        reply = await self._request(call, request, limits, token, trail)
        for _ in range(MAX_REDIRECTS):
            if not reply.location:
                return reply
            target = urljoin(reply.url, reply.location)
            request = replace(request, url=target, method="GET", params=())
            reply = await self._request(call, request, limits, token, trail)
        if reply.location:
            return replace(reply, problem=Problem(11215, "Too many HTTP redirects", reply.url))
        return reply

    async def _request(
        self,
        call: Call,
        request: OutgoingRequest,
        limits: overrides.Limits,
        token: str,
        trail: list[RequestItem],
    ) -> Reply:
        item, form = self._prepare(call, request, token)
        if kept := self._kept(call, request, item):
            return replace(kept, url=request.url)

        async def send(item: RequestItem) -> Reply:
            trail.append(item)
            return await self._exchange(call, item, form, limits, fault)

        fault = self._world.faults.take("webhook", item.method, item.url, item.params)
        if fault and fault.do in DELIVERY_FAULTS:
            reply = await send_with_fault(self._world, fault, item, send, request.is_awaited)
        else:
            reply = await send(item)
        return reply if reply.url == request.url else replace(reply, url=request.url)

    def _kept(self, call: Call, request: OutgoingRequest, item: RequestItem) -> Reply | None:
        """Return the answer that need not be asked for: then there is no request. Else see what to ask."""
        if item.method != "GET" or not request.is_awaited:
            return None
        kept = self._cache.fresh(item.url)
        if kept:
            self._world.log.publish("cached", call, {"url": item.url, "kind": item.kind})
        else:
            item.conditions = self._cache.conditions(item.url)
        return kept

    async def _exchange(
        self, call: Call, item: RequestItem, form: str | None, limits: overrides.Limits, fault: Fault | None
    ) -> Reply:
        """Send one request now, and keep it and its answer with the call."""
        item.at = self._world.clock.now()
        call.requests.append(item)
        del call.requests[: -self._world.switches.max_requests_kept]
        self._world.log.publish("request", call, {"method": item.method, "url": item.url, "kind": item.kind})
        started = time.monotonic()
        reply = await deliver(self._current_session(), call, item, form, limits, fault)
        elapsed = (time.monotonic() - started) * 1000
        item.milliseconds = round(elapsed)
        item.status, item.content_type = reply.status, reply.content_type or None
        item.response = reply.text() if item.kind != "media" else None
        item.error = reply.problem.message if reply.problem else None
        told = {"url": item.url, "status": item.status, "kind": item.kind, "milliseconds": round(elapsed, 1)}
        self._world.log.publish("response", call, told)
        self._world.faults.passed("webhook", item.method, item.url, item.params)
        return self._cache.take(item, reply)

    def _current_session(self) -> aiohttp.ClientSession:
        if not self._world.switches.keep_connections:
            return self._session
        if self._keeping is None:
            self._keeping = open_session(keeps=True)
        return self._keeping

    def _prepare(self, call: Call, request: OutgoingRequest, token: str) -> tuple[RequestItem, str | None]:
        base = {} if request.bare else parameters.standard(self._world.account, call, request.call_status)
        pairs = list((base | dict(request.params)).items())
        url, form, signed = encode_url(request.url), None, []
        if request.method == "GET":
            url = add_query(url, pairs)
        else:
            form, signed = encode_form(pairs), pairs
        signature = sign(self._world.token, url, signed)
        now = self._world.clock.now()
        return RequestItem(now, request.kind, request.method, url, dict(pairs), signature, token), form


def _discard(trail: list[RequestItem]) -> None:
    for item in trail:
        item.discarded = True


class HasWebhooks(Protocol):
    """Offers what sends webhooks."""

    webhooks: Webhooks
