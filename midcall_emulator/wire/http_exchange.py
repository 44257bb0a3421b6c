"""The HTTP exchange of one attempt: the request as Twilio sends it, its time limits, and injected faults."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from midcall_emulator.core.call_record import RequestItem
from midcall_emulator.wire import credentials, response_reader
from midcall_emulator.wire.connection_errors import EXCHANGE_ERRORS, reply_to_error
from midcall_emulator.wire.credentials import Credentials
from midcall_emulator.wire.delivery import Attempt
from midcall_emulator.wire.faults import LOST
from midcall_emulator.wire.overrides import Limits
from midcall_emulator.wire.reply import Reply, failed_reply


async def exchange(session: aiohttp.ClientSession, attempt: Attempt) -> Reply:
    """Send a request and return the reply. Errors of the network are part of the reply, never raised."""
    fault = attempt.fault
    try:
        async with asyncio.timeout(attempt.delivery.limits.total_seconds):
            if fault and (status := await fault.before_webhook()):
                return _fault_reply(attempt.item, status)
            reply = await _send_authenticated(session, attempt)
            if fault and (status := await fault.after_webhook()):
                return _fault_reply(attempt.item, status)
            return reply
    except EXCHANGE_ERRORS as error:
        return reply_to_error(attempt.item.url, error)


async def _send_authenticated(session: aiohttp.ClientSession, attempt: Attempt) -> Reply:
    """Send the request; send it again with the URL's credentials if the app challenges for them."""
    known = credentials.of(attempt.delivery.call, attempt.item.url)
    reply = await _send(session, attempt, known)
    if reply.status == 401 and known and known.accept(reply.headers.get("WWW-Authenticate", "")):
        return await _send(session, attempt, known)
    return reply


async def _send(session: aiohttp.ClientSession, attempt: Attempt, known: Credentials | None) -> Reply:
    item, form, call = attempt.item, attempt.form, attempt.delivery.call
    jar = call.run.cookies
    target = _target(item.url)
    async with session.request(
        item.method,
        target,
        data=form.encode() if form is not None else None,
        headers=_headers(item, form) | (known.headers if known else {}),
        cookies=jar.filter_cookies(target) if jar is not None else None,
        timeout=_timeout(attempt.delivery.limits),
        allow_redirects=False,
        middlewares=known.middlewares if known else (),
    ) as response:
        return await response_reader.read(call, item, response)


def _timeout(limits: Limits) -> aiohttp.ClientTimeout:
    """Return the limits of single steps. ``asyncio.timeout`` limits the total; a second timer would cost time."""
    read = limits.read_seconds if limits.read_seconds < limits.total_seconds else None
    return aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_seconds, sock_read=read)


def _headers(item: RequestItem, form: str | None) -> dict[str, str]:
    headers = {
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "X-Twilio-Signature": item.signature,
    }
    if item.sends_token:
        headers["I-Twilio-Idempotency-Token"] = item.token
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    return headers | (item.conditions or {})


def _fault_reply(item: RequestItem, status: int) -> Reply:
    """Return the reply that a fault causes in place of the app's."""
    if status == LOST:
        return failed_reply(item.url, 11200, "no response in time (fault: it never arrived)", "rt")
    if status < 0:
        return failed_reply(item.url, 11206, "the connection broke (fault)", "rt")
    problem, failure = response_reader.check(item.url, status)
    return Reply(item.url, status, content_type="text/plain", problem=problem, failure=failure)


@lru_cache(1024)
def _target(url: str) -> URL:
    """Return the URL without credentials, which are sent in a header."""
    parts = urlsplit(url)
    return URL(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), encoded=True)
