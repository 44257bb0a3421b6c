"""One HTTP exchange with an app: what goes out, what may go wrong, and what it is called then."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.wire import credentials
from midcall_emulator.wire.credentials import Credentials
from midcall_emulator.wire.faults import LOST, Fault
from midcall_emulator.wire.overrides import Limits

MAX_BODY = 64 * 1024
MAX_MEDIA = 20 * 1024 * 1024
_KEPT_SECONDS = 1.0  # less than any server waits before it closes
_CERTIFICATES = {10: 11236, 62: 11235, 64: 11235}  # OpenSSL's: expired, another host's, another address's
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Reply:
    """What an app answered, or why there is no answer. ``failure`` is what a retry policy may name."""

    url: str = ""
    status: int | None = None
    content_type: str = ""
    charset: str = ""
    body: bytes = b""
    location: str = ""
    problem: Problem | None = None
    failure: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the body as text, whatever it is."""
        return self.body.decode("utf-8", "replace")


def open_session(keeps: bool = False) -> aiohttp.ClientSession:
    """Return what sends requests: over a connection for each, or over kept ones that have been used a moment ago."""
    kept = {"keepalive_timeout": _KEPT_SECONDS} if keeps else {"force_close": True}
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=True, **kept),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=True,
        requote_redirect_url=False,
    )


async def deliver(
    session: aiohttp.ClientSession,
    call: Call,
    item: RequestItem,
    form: str | None,
    limits: Limits,
    fault: Fault | None,
) -> Reply:
    """Send one request and return the reply, faults included; never raises for what the network does."""
    try:
        async with asyncio.timeout(limits.total_seconds):
            if fault and (made := await fault.before_webhook()):
                return _faulty(item, made)
            reply = await _exchange(session, call, item, form, limits)
            if fault and (made := await fault.after_webhook()):
                return _faulty(item, made)
            return reply
    except (
        aiohttp.ClientConnectorDNSError,
        aiohttp.ClientConnectorError,
        aiohttp.ConnectionTimeoutError,
    ) as error:
        return _failed(item, _code_of(error), f"cannot connect: {error}", "ct")
    except TimeoutError:
        return _failed(item, 11200, "no answer in time", "rt")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return _failed(item, 11206, f"the connection broke: {error}", "rt")


def _code_of(error: Exception) -> int:
    """Return why there is no connection: the name, TLS and its certificate, or anything else
    (https://www.twilio.com/docs/api/errors/11205)."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return 11210
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _CERTIFICATES.get(getattr(error.certificate_error, "verify_code", 0), 11237)
    return 11220 if isinstance(error, aiohttp.ClientSSLError) else 11205


async def _exchange(
    session: aiohttp.ClientSession, call: Call, item: RequestItem, form: str | None, limits: Limits
) -> Reply:
    known = credentials.of(call, item.url)
    reply = await _once(session, call, item, form, limits, known)
    if reply.status == 401 and known and known.answer(reply.headers.get("WWW-Authenticate", "")):
        return await _once(session, call, item, form, limits, known)
    return reply


async def _once(
    session: aiohttp.ClientSession,
    call: Call,
    item: RequestItem,
    form: str | None,
    limits: Limits,
    known: Credentials | None,
) -> Reply:
    target = _target(item.url)
    headers = _headers(item, form) | (known.headers if known else {})
    cookies = call.run.cookies.filter_cookies(target) if call.run.cookies is not None else None
    async with session.request(
        item.method,
        target,
        data=form.encode() if form is not None else None,
        headers=headers,
        cookies=cookies,
        timeout=_timeout(limits),
        allow_redirects=False,
        middlewares=known.middlewares if known else (),
    ) as response:
        return await _read(call, item, response)


def _timeout(limits: Limits) -> aiohttp.ClientTimeout:
    """Return what one step may take; the time for all of it is seen to already, and each timer costs some."""
    read = limits.read_seconds if limits.read_seconds < limits.total_seconds else None
    return aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_seconds, sock_read=read)


def _headers(item: RequestItem, form: str | None) -> dict[str, str]:
    headers = {
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "X-Twilio-Signature": item.signature,
        "I-Twilio-Idempotency-Token": item.token,
    }
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    return headers | (item.conditions or {})


async def _read(call: Call, item: RequestItem, response: aiohttp.ClientResponse) -> Reply:
    if response.cookies:
        if call.run.cookies is None:
            call.run.cookies = aiohttp.CookieJar(unsafe=True)
        call.run.cookies.update_cookies(response.cookies, response.url)
    limit = MAX_MEDIA if item.kind == "media" else MAX_BODY
    body = await _body(response, limit)
    reply: dict[str, Any] = {
        "url": item.url,
        "status": response.status,
        "content_type": response.content_type if "Content-Type" in response.headers else "",
        "charset": response.charset or "",
        "body": body[:limit],
        "headers": response.headers,
    }
    if response.status in _REDIRECTS and "Location" in response.headers:
        return Reply(location=response.headers["Location"], **reply)
    return Reply(**reply, **_judged(item, response.status, len(body) > limit))


async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            response.close()
            break
    return bytes(body)


def _judged(item: RequestItem, status: int, too_big: bool) -> dict[str, Any]:
    if status >= 400 or status < 200:
        problem = Problem(11200, f"the app answered {status}", item.url)
        return {"problem": problem, "failure": f"{status // 100}xx"}
    if too_big:
        return {"problem": Problem(11750, "the answer is larger than 64 kB", item.url)}
    return {}


def _faulty(item: RequestItem, status: int) -> Reply:
    if status == LOST:
        return _failed(item, 11200, "no answer in time (fault: it never arrived)", "rt")
    if status < 0:
        return _failed(item, 11206, "the connection broke (fault)", "rt")
    return Reply(url=item.url, status=status, content_type="text/plain", **_judged(item, status, False))


def _failed(item: RequestItem, code: int, message: str, failure: str) -> Reply:
    return Reply(url=item.url, problem=Problem(code, message, item.url), failure=failure)


@lru_cache(1024)
def _target(url: str) -> URL:
    """Return the URL without userinfo, which goes into a header."""
    parts = urlsplit(url)
    return URL(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), encoded=True)
