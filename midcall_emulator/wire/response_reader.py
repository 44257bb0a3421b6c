"""The app's response: its cookies, its body up to a limit, and what is wrong with it."""

from __future__ import annotations

import aiohttp

from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.wire.reply import Reply

_MAX_BODY_BYTES = 64 * 1024
_MAX_MEDIA_BYTES = 20 * 1024 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


async def read(call: Call, item: RequestItem, response: aiohttp.ClientResponse) -> Reply:
    """Read a response, and keep its cookies for the rest of the call."""
    if response.cookies:
        _keep_cookies(call, response)
    limit = _MAX_MEDIA_BYTES if item.kind == "media" else _MAX_BODY_BYTES
    body = await _read_body(response, limit)
    status, headers, location, problem, failure = response.status, response.headers, "", None, ""
    if status in _REDIRECTS and "Location" in headers:
        location = headers["Location"]
    else:
        problem, failure = check(item.url, status, is_too_large=len(body) > limit)
    return Reply(
        url=item.url,
        status=status,
        content_type=response.content_type if "Content-Type" in headers else "",
        charset=response.charset or "",
        body=body[:limit],
        location=location,
        problem=problem,
        failure=failure,
        headers=headers,
    )


def check(url: str, status: int, is_too_large: bool = False) -> tuple[Problem | None, str]:
    """Return the problem with a response, if there is one, and its failure as a retry policy names it."""
    if not 200 <= status < 400:
        return Problem(11200, f"the app responded with status {status}", url), f"{status // 100}xx"
    return Problem(11750, "the response is larger than 64 kB", url) if is_too_large else None, ""


def _keep_cookies(call: Call, response: aiohttp.ClientResponse) -> None:
    if call.run.cookies is None:
        call.run.cookies = aiohttp.CookieJar(unsafe=True)
    call.run.cookies.update_cookies(response.cookies, response.url)


async def _read_body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Return the body; stop soon after the limit, so that a body that is too large is longer than the limit."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            response.close()
            break
    return bytes(body)
