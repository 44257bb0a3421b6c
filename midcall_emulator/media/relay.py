"""ConversationRelay: the caller's words to an app's WebSocket, the app's words to the caller
(https://www.twilio.com/docs/voice/conversationrelay/websocket-messages)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.forks import Fork
from midcall_emulator.media.relay_voice import Utterance, Voice
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.sockets import HasSession, Socket
from midcall_emulator.wire.webhooks import HasWebhooks

_CANNOT_CONNECT, _SOCKET_ENDED, _INVALID = 64102, 64105, 64107


class RelayWorld(
    HasAccount, HasAudio, HasCallLog, HasClock, HasFaults, HasSession, HasSwitches, HasWebhooks, Protocol
):
    """The parts of the world that a session of ConversationRelay uses."""


@dataclass(slots=True)
class RelaySettings:
    """What the noun says about a session."""

    url: str
    greeting: str = ""
    greeting_interruptible: str = "any"
    interruptible: str = "any"
    preemptible: bool = False
    reports_during_speech: str = "none"
    dtmf: bool = False
    partial: bool = False
    voice: str = ""
    tts_language: str = "en-US"
    language: str = "en-US"
    parameters: dict[str, str] = field(default_factory=dict)


class Relay(Fork):
    """One session, until the app ends it, the caller leaves or the call is sent somewhere else."""

    world: RelayWorld

    def __init__(self, world: RelayWorld, call: Call, terms: RelaySettings) -> None:
        super().__init__(world, call, new_sid("VX"))
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._terms = terms
        self._socket = Socket(world, call, terms.url, "relay")
        self._voice = Voice(world, call)
        self._began, self._tokens, self._is_open = world.clock.now(), "", False
        self._outcome: dict[str, str] = {"SessionStatus": "completed"}

    # -- the session -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect, introduce the call, greet the caller."""
        super().start()
        self.call.run.has_relay = True
        self.world.clock.spawn(self._run())

    def stopped(self) -> None:
        """Fall silent, close the socket."""
        self.call.run.has_relay = self._is_open = False
        self._voice.hush()
        self._socket.close()
        if not self.over.done():
            self.over.set_result(None)

    def result(self) -> dict[str, str]:
        """Return what the action gets: how the session ended, and what the app left for whoever is next."""
        seconds = round((self.updated if self.status == "stopped" else self.world.clock.now()) - self._began)
        return {"SessionId": self.sid, "SessionDuration": str(seconds)} | self._outcome

    async def _run(self) -> None:
        problem = await self._socket.open()
        if problem:
            self._fail(_CANNOT_CONNECT, f"Unable to connect to WebSocket URL: {problem.message}")
        elif self.status == "stopped":
            self._socket.close()
        else:
            self._is_open = True
            self._send("setup", **self._introduction())
            if self._terms.greeting:
                self._speak(self._terms.greeting, self._terms.greeting_interruptible)
            await self._socket.read(self._take)
            if self._is_open:
                self._fail(_SOCKET_ENDED, "WebSocket ended")

    def _fail(self, code: int, message: str) -> None:
        self._outcome = {"SessionStatus": "failed", "ErrorCode": str(code), "ErrorMessage": message}
        self.world.log.error(self.call, code, message, self._terms.url)
        self.stop()

    def _introduction(self) -> dict[str, Any]:
        call = self.call
        return {
            "sessionId": self.sid,
            "accountSid": self.world.account,
            "parentCallSid": call.parent_sid or "",
            "callSid": call.sid,
            "from": call.from_,
            "to": call.to,
            "forwardedFrom": "",
            "callType": "PSTN" if call.from_.startswith("+") else "SIP",
            "callerName": call.caller_name or "",
            "direction": call.direction,
            "callStatus": call.status.upper(),
            "customParameters": self._terms.parameters,
        }

    def _send(self, kind: str, **body: Any) -> None:
        if self._is_open:
            self._socket.send({"type": kind, **body})

    # -- what the caller does ----------------------------------------------------------------------------------

    def spoke(self, text: str, seconds: float, track: str) -> None:
        """Interrupt what is being said, if it lets itself, and pass on the words once they are said."""
        if track != "inbound" or not text.strip() or not self._listens("speech"):
            return
        if self._voice.yields_to("speech"):
            said, milliseconds = self._voice.interrupt()
            self._send("interrupt", utteranceUntilInterrupt=said, durationUntilInterruptMs=str(milliseconds))
        if self._terms.partial:
            half = " ".join(text.split()[: (len(text.split()) + 1) // 2])
            self.world.clock.call_later(seconds / 2, lambda: self._prompt(half, False))
        self.world.clock.call_later(seconds, lambda: self._prompt(text, True))

    def pressed(self, digits: str) -> None:
        """Pass keys on, if the session detects them."""
        if not self._listens("dtmf"):
            return
        if self._voice.yields_to("dtmf"):
            self._voice.interrupt()
        for digit in digits if self._terms.dtmf else "":
            self._send("dtmf", digit=digit)

    def _listens(self, kind: str) -> bool:
        """Say whether input counts now: what may not interrupt is lost, unless the app wants it all the same."""
        reports = self._terms.reports_during_speech in ("any", kind)
        return not self._voice.speaks or self._voice.yields_to(kind) or reports

    def _prompt(self, text: str, last: bool) -> None:
        self._send("prompt", voicePrompt=text, lang=self._terms.language, last=last)

    # -- what the app sends ------------------------------------------------------------------------------------

    def _take(self, message: Any) -> None:
        """Do what the app says; what makes no sense is told to it, and a warning (64107)."""
        kind = message.get("type") if isinstance(message, dict) else None
        perform = _FROM_APP.get(str(kind))
        try:
            if perform is None:
                raise ValueError("unknown type")
            perform(self, message)
        except (KeyError, TypeError, ValueError) as error:
            shown = message if isinstance(message, str) else json.dumps(message)
            self._send("error", description=f"Invalid message received: {shown}")
            self.world.log.warning(self.call, _INVALID, f"Invalid message: {error}", self._terms.url)

    def _speak(self, text: str, interruptible: Any = None, preemptible: Any = None) -> None:
        terms, speed = self._terms, self.world.switches.say_characters_per_second
        item = {"kind": "say", "text": text, "voice": terms.voice, "language": terms.tts_language}
        how = terms.interruptible if interruptible is None else str(interruptible).lower()
        may = terms.preemptible if preemptible is None else bool(preemptible)
        self._voice.utter(Utterance(item, max(0.5, len(text) / speed), how, may))

    def take_text(self, message: dict[str, Any]) -> None:
        """Collect tokens; the last one lets all of them be heard."""
        self._tokens += _text(message, "token")
        if message.get("last", False):
            text, self._tokens = self._tokens.strip(), ""
            if text:
                self._speak(text, message.get("interruptible"), message.get("preemptible"))

    def take_play(self, message: dict[str, Any]) -> None:
        """Play a file, as long as the switch says that files are."""
        item = {"kind": "play", "url": _text(message, "source")}
        seconds = self.world.switches.play_default_seconds
        how = str(message.get("interruptible", self._terms.interruptible)).lower()
        for _ in range(min(1000, int(message.get("loop", 1)))):
            self._voice.utter(Utterance(item, seconds, how))

    def take_digits(self, message: dict[str, Any]) -> None:
        """Send keys to the caller's side."""
        self.world.audio.play(self.call, "dtmf", digits=_text(message, "digits"))

    def take_language(self, message: dict[str, Any]) -> None:
        """Speak, or listen for, another language from now on."""
        self._terms.tts_language = message.get("ttsLanguage", self._terms.tts_language)
        self._terms.language = message.get("transcriptionLanguage", self._terms.language)

    def take_end(self, message: dict[str, Any]) -> None:
        """End the session, and hand something on."""
        handoff = message.get("handoffData")
        self._outcome = {"SessionStatus": "ended"} | ({"HandoffData": str(handoff)} if handoff else {})
        self.stop()


def _text(message: dict[str, Any], name: str) -> str:
    if not isinstance(message[name], str):
        raise TypeError(f"{name} must be a string")
    return message[name]


_FROM_APP: dict[str, Callable[[Relay, dict[str, Any]], None]] = {
    "text": Relay.take_text,
    "play": Relay.take_play,
    "sendDigits": Relay.take_digits,
    "language": Relay.take_language,
    "end": Relay.take_end,
}
