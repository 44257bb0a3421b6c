"""Requests to Midcall: webhooks as Twilio sends them, and commands as an operator's script sends them."""

from xml.etree import ElementTree as ET

import aiohttp

from bench.account import ADMIN_TOKEN, VOICE_PATH
from bench.signed_webhooks import webhook

TWIML = '<Response><Say>x</Say><Pause length="5"/></Response>'
TIMEOUT = aiohttp.ClientTimeout(total=30)


class Callers:
    """Sends requests to one server. Each has a connection of its own, as from Twilio's many proxies."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._session: aiohttp.ClientSession | None = None
        self._live: list[str] = []

    async def __aenter__(self) -> "Callers":
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        self._session = aiohttp.ClientSession(connector=connector, timeout=TIMEOUT)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def live(self) -> list[str]:
        """The CallSids of all calls so far."""
        return list(self._live)

    async def webhook(self, _number: int, call_status: str = "ringing") -> str:
        """Send the webhook of a new call; a message if the answer is wrong."""
        request = webhook(call_status)
        status, body = await self._post(VOICE_PATH, request.headers, request.body)
        if status != 200 or ET.fromstring(body).find("Gather") is None:
            return f"webhook answered with {status}: {body[:200]!r}"
        self._live.append(request.call_sid)
        return ""

    async def visit(self, call_sid: str, path: str, **fields: str) -> None:
        """Send a webhook of a call in progress. Raises ValueError unless the answer is 200."""
        request = webhook("in-progress", call_sid=call_sid, path=path, fields=fields)
        status, body = await self._post(path, request.headers, request.body)
        if status != 200:
            raise ValueError(f"{path} answered with {status}: {body[:200]!r}")

    async def command(self, call_sid: str) -> str:
        """Run the command `twiml` on a live call; a message if the answer is wrong."""
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        status, body = await self._post(f"/admin/calls/{call_sid}/twiml", headers, json={"twiml": TWIML})
        return "" if 200 <= status < 300 else f"command answered with {status}: {body[:300]!r}"

    async def _post(
        self, path: str, headers: dict[str, str], body: bytes | None = None, json: object = None
    ) -> tuple[int, bytes]:
        assert self._session is not None
        url = self._address + path
        async with self._session.post(url, headers=headers, data=body, json=json) as answer:
            return answer.status, await answer.read()
