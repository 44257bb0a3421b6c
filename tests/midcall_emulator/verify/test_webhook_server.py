"""The app that Twilio calls during a run: its answers to each kind of request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from midcall_emulator.verify.pace import RealPace
from midcall_emulator.verify.webhook_server import Reply, Script, WebhookServer
from midcall_emulator.wire.signature import sign

TOKEN = "token"
CALL = {"From": "+14155550100", "CallSid": "CA1", "CallStatus": "ringing"}
Check = Callable[[aiohttp.ClientSession, WebhookServer, Script], Awaitable[None]]


def serve(check: Check) -> None:
    """Run a check with a server on this machine, in the first scenario of a run."""

    async def run() -> None:
        async with aiohttp.ClientSession() as session, WebhookServer("", 0, TOKEN, RealPace()) as server:
            server.callers = frozenset({CALL["From"]})
            await check(session, server, Script())

    asyncio.run(run())


async def post(session: aiohttp.ClientSession, url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """Send a signed webhook; return the status and the body."""
    headers = {"X-Twilio-Signature": sign(token, url, form.items())}
    async with session.post(url, data=form, headers=headers) as response:
        return f"{response.status} {await response.text()}"


def test_a_signed_webhook_gets_its_answers_in_turn_and_is_kept() -> None:
    async def check(session: aiohttp.ClientSession, server: WebhookServer, script: Script) -> None:
        url = server.begin(script)("start")
        script.replies["start"] = [Reply("<Response>1</Response>"), Reply("<Response>2</Response>")]
        bodies = [await post(session, url, CALL) for _ in range(3)]
        assert bodies == [f"200 <Response>{number}</Response>" for number in (1, 2, 2)]
        assert [(visit.path, visit.params) for visit in script.visits] == [("start", CALL)] * 3

    serve(check)


def test_a_webhook_with_another_signature_is_refused() -> None:
    async def check(session: aiohttp.ClientSession, server: WebhookServer, script: Script) -> None:
        url = server.begin(script)("start")
        assert (await post(session, url, CALL, token="other")).startswith("403")
        assert (await post(session, url, {}, token="other")).startswith("403")
        assert (script.visits, "without a valid signature" in server.rejected) == ([], True)

    serve(check)


def test_a_sound_needs_no_signature() -> None:
    async def check(session: aiohttp.ClientSession, server: WebhookServer, script: Script) -> None:
        url = server.begin(script)("sound")
        script.replies["sound"] = [Reply(b"RIFF", content_type="audio/wav")]
        async with session.get(url) as response:
            assert (response.status, await response.read()) == (200, b"RIFF")

    serve(check)


def test_a_late_webhook_of_an_earlier_scenario_is_not_of_this_one() -> None:
    async def check(session: aiohttp.ClientSession, server: WebhookServer, script: Script) -> None:
        earlier = server.begin(Script())("start")
        server.begin(script)
        assert "<Reject/>" in await post(session, earlier, CALL)
        assert (script.visits, server.rejected) == ([], "")

    serve(check)


def test_a_strangers_call_is_rejected_and_named() -> None:
    async def check(session: aiohttp.ClientSession, server: WebhookServer, script: Script) -> None:
        server.begin(script)
        url = server.phone_url("called")
        assert "<Reject/>" in await post(session, url, CALL | {"From": "+14155559999"})
        assert (script.visits, server.rejected) == ([], "a call from another number was rejected")
        await post(session, url, CALL)
        assert [visit.path for visit in script.visits] == ["phone-called"]

    serve(check)
