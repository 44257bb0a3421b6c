"""One request of a delivery: encoded and signed, looked up in the cache, changed by faults, sent, and recorded."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Protocol

import aiohttp

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.clock import HasClock
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire import parameters
from midcall_emulator.wire.caching import Cache
from midcall_emulator.wire.connections import Connections
from midcall_emulator.wire.delivery import Attempt, Delivery
from midcall_emulator.wire.faults import DELIVERY_FAULTS, HasFaults
from midcall_emulator.wire.http_exchange import exchange
from midcall_emulator.wire.outgoing_request import OutgoingRequest
from midcall_emulator.wire.reply import Reply
from midcall_emulator.wire.signature import sign
from midcall_emulator.wire.urls import add_query, encode_form, encode_url
from midcall_emulator.wire.webhook_faults import send_with_fault


class SenderWorld(HasAccount, HasCallLog, HasClock, HasFaults, HasSwitches, Protocol):
    """The parts of the world that the sender of requests uses."""


class RequestSender:
    """Sends the requests of deliveries, and caches responses to GET."""

    def __init__(self, world: SenderWorld, session: aiohttp.ClientSession) -> None:
        self._world = world
        self._connections = Connections(session)
        self._cache = Cache(world.clock)

    async def close(self) -> None:
        """Close the connections that are kept open."""
        await self._connections.close()

    async def send(self, delivery: Delivery, request: OutgoingRequest) -> Reply:
        """Send one request, and return the reply or the cached response."""
        item, form = self._encode(delivery, request)
        if cached := self._cached_reply(delivery.call, request, item):
            return replace(cached, url=request.url)
        fault = self._world.faults.take("webhook", item.method, item.url, item.params)
        attempt = Attempt(delivery, item, form, fault)
        if fault and fault.do in DELIVERY_FAULTS:
            reply = await send_with_fault(self._world, fault, attempt, self._exchange, request.is_awaited)
        else:
            reply = await self._exchange(attempt)
        return reply if reply.url == request.url else replace(reply, url=request.url)

    def _encode(self, delivery: Delivery, request: OutgoingRequest) -> tuple[RequestItem, str | None]:
        """Return the record of the signed request, and its form."""
        world = self._world
        standard = {} if request.is_bare else parameters.standard(world.account, delivery.call)
        pairs = list((standard | dict(request.params)).items())
        url, form, signed = encode_url(request.url), None, []
        if request.method == "GET":
            url = add_query(url, pairs)
        else:
            form, signed = encode_form(pairs), pairs
        signature = sign(world.token, url, signed)
        now, params = world.clock.now(), dict(pairs)
        item = RequestItem(now, request.kind, request.method, url, params, signature, delivery.token)
        item.sends_token = delivery.sends_token
        return item, form

    def _cached_reply(self, call: Call, request: OutgoingRequest, item: RequestItem) -> Reply | None:
        """Return the cached response if it is fresh; otherwise make the request a conditional one."""
        if item.method != "GET" or not request.is_awaited:
            return None
        cached = self._cache.fresh(item.url)
        if cached:
            self._world.log.publish("cached", call, {"url": item.url, "kind": item.kind})
        else:
            item.conditions = self._cache.conditions(item.url)
        return cached

    async def _exchange(self, attempt: Attempt) -> Reply:
        """Send a request now; record it and its response with the call."""
        world, item = self._world, attempt.item
        self._record_request(attempt.delivery, item)
        session = self._connections.session(world.switches.keep_connections)
        started = time.monotonic()
        reply = await exchange(session, attempt)
        self._record_reply(attempt.delivery.call, item, reply, (time.monotonic() - started) * 1000)
        world.faults.release_overtaken("webhook", item.method, item.url, item.params)
        return self._cache.update(item, reply)

    def _record_request(self, delivery: Delivery, item: RequestItem) -> None:
        world, call = self._world, delivery.call
        item.at = world.clock.now()
        delivery.trail.append(item)
        call.requests.append(item)
        del call.requests[: -world.switches.max_requests_kept]
        world.log.publish("request", call, {"method": item.method, "url": item.url, "kind": item.kind})

    def _record_reply(self, call: Call, item: RequestItem, reply: Reply, milliseconds: float) -> None:
        item.milliseconds = round(milliseconds)
        item.status, item.content_type = reply.status, reply.content_type or None
        item.response = reply.text() if item.kind != "media" else None
        item.error = reply.problem.message if reply.problem else None
        details = {"url": item.url, "status": item.status, "kind": item.kind}
        self._world.log.publish("response", call, details | {"milliseconds": round(milliseconds, 1)})
