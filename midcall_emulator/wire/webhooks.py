"""Webhooks: delivered with the retries, redirects and time limits that Twilio documents."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Protocol
from urllib.parse import urljoin

import aiohttp

from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.wire import overrides
from midcall_emulator.wire.delivery import Delivery
from midcall_emulator.wire.outgoing_request import OutgoingRequest
from midcall_emulator.wire.reply import Reply, failed_reply
from midcall_emulator.wire.request_sender import RequestSender, SenderWorld
from midcall_emulator.wire.urls import is_http_url

_MAX_REDIRECTS = 10
_MIN_SECONDS = 0.001


class Webhooks:
    """Delivers webhooks; nothing else sends HTTP requests to an app."""

    def __init__(self, world: SenderWorld, session: aiohttp.ClientSession) -> None:
        self._world = world
        self._sender = RequestSender(world, session)

    async def close(self) -> None:
        """Close the connections that are kept open."""
        await self._sender.close()

    def send(
        self, call: Call, request: OutgoingRequest, trail: list[RequestItem] | None = None
    ) -> asyncio.Task[Reply]:
        """Start a delivery and return its task, which runs to its end even if nothing awaits it.

        The records of its requests (retries and redirects included) are appended to ``trail``.
        """
        return self._world.clock.spawn(self._deliver(call, request, [] if trail is None else trail))

    async def fetch(self, call: Call, request: OutgoingRequest) -> Reply:
        """Deliver and return the reply. If this is canceled, the delivery continues and its reply is discarded."""
        trail: list[RequestItem] = []
        task = self.send(call, request, trail)
        try:
            return await self._world.clock.park(asyncio.shield(task))
        except asyncio.CancelledError:
            task.add_done_callback(lambda _: _discard(trail))
            raise

    async def _deliver(self, call: Call, request: OutgoingRequest, trail: list[RequestItem]) -> Reply:
        if not is_http_url(request.url):
            return failed_reply(request.url, 11100, f"Invalid URL format: {request.url!r}")
        budget = self._world.switches.webhook_timeout_seconds
        url, limits, problems = overrides.split(request.url, budget)
        for problem in problems:
            self._world.log.problem(call, problem)
        if url != request.url:
            request = replace(request, url=url)
        always = self._world.switches.idempotency_token == "all"
        return await self._retry(Delivery(call, limits, trail, always), request)

    async def _retry(self, delivery: Delivery, request: OutgoingRequest) -> Reply:
        """Send a request, and again as often as the retry policy allows, all within one time limit."""
        limits = delivery.limits
        deadline = time.monotonic() + limits.total_seconds
        for left in range(limits.retries, -1, -1):
            limits.total_seconds = max(_MIN_SECONDS, deadline - time.monotonic())
            reply = await self._follow(delivery, request)
            if not left or reply.failure not in limits.retry_after or time.monotonic() >= deadline:
                break
            delivery.sends_token = True
        return reply

    async def _follow(self, delivery: Delivery, request: OutgoingRequest) -> Reply:
        """Send a request, and follow HTTP redirects with GET."""
        reply = await self._sender.send(delivery, request)
        for _ in range(_MAX_REDIRECTS):
            if not reply.location:
                return reply
            target = urljoin(reply.url, reply.location)
            request = replace(request, url=target, method="GET", params=())
            reply = await self._sender.send(delivery, request)
        if reply.location:
            return replace(reply, problem=Problem(11215, "Too many HTTP redirects", reply.url))
        return reply


def _discard(trail: list[RequestItem]) -> None:
    for item in trail:
        item.discarded = True


class HasWebhooks(Protocol):
    """Offers what delivers webhooks."""

    webhooks: Webhooks
