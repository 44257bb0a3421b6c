"""ConversationRelay: the caller's speech as text to an app's WebSocket, and the app's text as speech to the caller
(https://www.twilio.com/docs/voice/conversationrelay/websocket-messages)."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.listeners import CallListener
from midcall_emulator.media.relay_messages import perform_message, setup_fields
from midcall_emulator.media.relay_settings import RelaySettings
from midcall_emulator.media.relay_speech import AgentSpeech
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.connections import HasSession
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.sockets import Socket
from midcall_emulator.wire.webhooks import HasWebhooks

_CANNOT_CONNECT, _SOCKET_CLOSED, _INVALID_MESSAGE = 64102, 64105, 64107


class RelayWorld(
    HasAccount, HasAudio, HasCallLog, HasClock, HasFaults, HasSession, HasSwitches, HasWebhooks, Protocol
):
    """The parts of the world that a session of ConversationRelay uses."""


class Relay(CallListener):
    """A session, until the app ends it, the call ends or the call is redirected."""

    world: RelayWorld

    def __init__(self, world: RelayWorld, call: Call, settings: RelaySettings) -> None:
        super().__init__(world, call, new_sid("VX"))
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.settings = settings
        self.speech = AgentSpeech(world, call, settings)
        self._socket = Socket(world, call, settings.url, "relay")
        self._began, self._is_open = world.clock.now(), False
        self._tokens = ""
        self._outcome: dict[str, str] = {"SessionStatus": "completed"}

    # -- the session -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect, send the setup message, and say the greeting."""
        super().start()
        self.call.run.has_relay = True
        self.world.clock.spawn(self._run())

    def on_stop(self) -> None:
        """Stop the speech and close the socket."""
        self.call.run.has_relay = self._is_open = False
        self.speech.stop()
        self._socket.close()
        if not self.over.done():
            self.over.set_result(None)

    def result(self) -> dict[str, str]:
        """Return the parameters for the action: the end of the session, and the app's handoff data."""
        end = self.updated if self.status == "stopped" else self.world.clock.now()
        return {"SessionId": self.sid, "SessionDuration": str(round(end - self._began))} | self._outcome

    async def _run(self) -> None:
        problem = await self._socket.open()
        if problem:
            self._fail(_CANNOT_CONNECT, f"Unable to connect to WebSocket URL: {problem.message}")
        elif self.status == "stopped":
            self._socket.close()
        else:
            self._is_open = True
            call, parameters = self.call, self.settings.parameters
            self._send("setup", **setup_fields(self.sid, self.world.account, call, parameters))
            if self.settings.greeting:
                self.speech.say(self.settings.greeting, self.settings.greeting_interruptible)
            await self._socket.read(self._receive)
            if self._is_open:
                self._fail(_SOCKET_CLOSED, "WebSocket ended")

    def _fail(self, code: int, message: str) -> None:
        self._outcome = {"SessionStatus": "failed", "ErrorCode": str(code), "ErrorMessage": message}
        self.world.log.error(self.call, code, message, self.settings.url)
        self.stop()

    def _send(self, kind: str, **body: Any) -> None:
        if self._is_open:
            self._socket.send({"type": kind, **body})

    # -- the caller --------------------------------------------------------------------------------------------

    def on_speech(self, text: str, seconds: float, track: str) -> None:
        """Interrupt the agent, if that is allowed, and send the caller's speech at its end."""
        if track != "inbound" or not text.strip() or not self._accepts("speech"):
            return
        if self.speech.can_be_interrupted_by("speech"):
            spoken, milliseconds = self.speech.interrupt()
            self._send(
                "interrupt", utteranceUntilInterrupt=spoken, durationUntilInterruptMs=str(milliseconds)
            )
        if self.settings.partial:
            half = " ".join(text.split()[: (len(text.split()) + 1) // 2])
            self.world.clock.call_later(seconds / 2, lambda: self._send_prompt(half, False))
        self.world.clock.call_later(seconds, lambda: self._send_prompt(text, True))

    def on_keys(self, digits: str) -> None:
        """Interrupt the agent, if that is allowed, and send the keys, if the session detects them."""
        if not self._accepts("dtmf"):
            return
        if self.speech.can_be_interrupted_by("dtmf"):
            self.speech.interrupt()
        for digit in digits if self.settings.dtmf else "":
            self._send("dtmf", digit=digit)

    def _accepts(self, kind: str) -> bool:
        """Return whether input counts now: it does during silence, if it interrupts, or if the app wants it anyway."""
        reports = self.settings.reports_during_speech in ("any", kind)
        return not self.speech.is_speaking or self.speech.can_be_interrupted_by(kind) or reports

    def _send_prompt(self, text: str, is_last: bool) -> None:
        self._send("prompt", voicePrompt=text, lang=self.settings.language, last=is_last)

    # -- the app -----------------------------------------------------------------------------------------------

    def _receive(self, message: Any) -> None:
        """Perform a message of the app; an invalid one is answered with an error, and is a warning (64107)."""
        try:
            perform_message(self, message)
        except (KeyError, TypeError, ValueError) as error:
            shown = message if isinstance(message, str) else json.dumps(message)
            self._send("error", description=f"Invalid message received: {shown}")
            self.world.log.warning(
                self.call, _INVALID_MESSAGE, f"Invalid message: {error}", self.settings.url
            )

    def add_token(self, token: str) -> None:
        """Add a token to the text that is said next."""
        self._tokens += token

    def say_tokens(self, interruptible: Any, preemptible: Any) -> None:
        """Say the text of the tokens."""
        text, self._tokens = self._tokens.strip(), ""
        if text:
            self.speech.say(text, interruptible, preemptible)

    def send_digits(self, digits: str) -> None:
        """Play keys to the caller."""
        self.world.audio.play(self.call, "dtmf", digits=digits)

    def end(self, handoff: Any) -> None:
        """End the session with the app's handoff data."""
        self._outcome = {"SessionStatus": "ended"} | ({"HandoffData": str(handoff)} if handoff else {})
        self.stop()
