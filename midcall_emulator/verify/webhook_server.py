"""The app that Twilio calls during a run: it checks signatures, gives the scenario's answers, and keeps each visit."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from midcall_emulator.verify.errors import RefusalError
from midcall_emulator.verify.pace import Pace
from midcall_emulator.wire.signature import sign

HANGUP = "<Response><Hangup/></Response>"
REJECT = "<Response><Reject/></Response>"
TOKEN_HEADER = "I-Twilio-Idempotency-Token"


@dataclass(frozen=True, slots=True)
class Visit:
    """One webhook. ``at`` is the moment of the run, ``real`` the same in real seconds."""

    at: float
    real: float
    method: str
    path: str
    params: dict[str, str]
    has_token: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a webhook; ``hold`` is awaited first."""

    body: str | bytes = HANGUP
    status: int = 200
    content_type: str = "text/xml"
    hold: Callable[[], Awaitable[object]] | None = None


@dataclass
class Script:
    """The answers of one scenario by path, and the visits so far. The last answer of a path is repeated."""

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)

    def reply_to(self, visit: Visit) -> Reply:
        """Keep the visit; return the next answer of its path."""
        self.visits.append(visit)
        replies = self.replies.get(visit.path) or [Reply()]
        return replies.pop(0) if len(replies) > 1 else replies[0]


class WebhookServer:
    """Serves one run on this machine. Its secret path is new in each run, and each scenario has a number in it."""

    def __init__(self, public_url: str, port: int, token: str, pace: Pace) -> None:
        self._public_url, self._port, self._token, self._pace = public_url, port, token, pace
        self._secret, self.callers = secrets.token_urlsafe(12), frozenset[str]()
        self._script, self._number = Script(), 0
        self.rejected = ""

    async def __aenter__(self) -> WebhookServer:
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_get(f"/{self._secret}/alive", self._alive)
        app.router.add_route("*", f"/{self._secret}/{{number}}/{{path}}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise RefusalError(f"Port {self._port} is in use. Choose another one with --port.") from error
        if not self._public_url:
            self._public_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def alive_url(self) -> str:
        """The public address that answers with this run's secret."""
        return f"{self._public_url}/{self._secret}/alive"

    def expects(self, text: str) -> bool:
        """Return whether a body comes from this server's ``alive_url``."""
        return hmac.compare_digest(text.strip().encode(), self._secret.encode())

    def phone_url(self, name: str) -> str:
        """Return the voice URL of a number for the whole run."""
        return f"{self._public_url}/{self._secret}/phone/phone-{name}"

    def begin(self, script: Script) -> Callable[[str], str]:
        """Start a scenario; return what makes the URL of a path of it."""
        self._script, self._number = script, self._number + 1
        base = f"{self._public_url}/{self._secret}/{self._number}"
        return lambda path: f"{base}/{path}"

    async def _alive(self, _: web.Request) -> web.Response:
        return web.Response(text=self._secret)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        form = {str(name): str(value) for name, value in (await request.post()).items()}
        is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
        if not (is_socket or self._is_media(request) or self._is_signed(request, form)):
            self.rejected = "webhooks without a valid signature came: check the auth token and the public URL"
            return web.Response(status=403, text="the signature is not valid")
        if not self._belongs(request, form):
            if request.match_info["number"] == "phone":
                self.rejected = "a call from another number was rejected"
            return web.Response(text=REJECT, content_type="text/xml")
        reply = self._script.reply_to(self._visit(request, form))
        if is_socket:
            return await _listen(request)
        if reply.hold:
            await reply.hold()
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        return web.Response(status=reply.status, body=body, content_type=reply.content_type)

    def _belongs(self, request: web.Request, form: dict[str, str]) -> bool:
        """Return whether a request is of the present scenario; a stranger's call to a number is not."""
        number = request.match_info["number"]
        return form.get("From") in self.callers if number == "phone" else number == str(self._number)

    def _visit(self, request: web.Request, form: dict[str, str]) -> Visit:
        has_token = TOKEN_HEADER in request.headers
        params = form or dict(request.query)
        path = request.match_info["path"]
        return Visit(self._pace.now(), time.monotonic(), request.method, path, params, has_token)

    def _is_media(self, request: web.Request) -> bool:
        """Return whether a request is for a sound: nothing says that Twilio signs those."""
        replies = self._script.replies.get(request.match_info["path"], [])
        return any(isinstance(reply.body, bytes) for reply in replies)

    def _is_signed(self, request: web.Request, form: dict[str, str]) -> bool:
        """Return whether Twilio signed the request (https://www.twilio.com/docs/usage/webhooks/webhooks-security)."""
        expected = sign(self._token, self._public_url + request.raw_path, form.items())
        return hmac.compare_digest(expected, request.headers.get("X-Twilio-Signature", ""))


async def _listen(request: web.Request) -> web.WebSocketResponse:
    """Accept a media stream and discard what comes; the secret path protects it, and it controls nothing."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    try:
        async for message in socket:
            if message.type in (WSMsgType.CLOSE, WSMsgType.ERROR):
                break
    except asyncio.CancelledError:
        await socket.close()
        raise
    return socket
