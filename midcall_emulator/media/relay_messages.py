"""Messages of a ConversationRelay session: the setup message to the app, and the app's messages to the session
(https://www.twilio.com/docs/voice/conversationrelay/websocket-messages)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from midcall_emulator.core.call_record import Call
from midcall_emulator.media.relay_settings import RelaySettings
from midcall_emulator.media.relay_speech import AgentSpeech

_MOST_PASSES = 1000


class RelaySession(Protocol):
    """The session, as the messages see it."""

    settings: RelaySettings
    speech: AgentSpeech

    def add_token(self, token: str) -> None:
        """Add a token to the text that is said next."""

    def say_tokens(self, interruptible: Any, preemptible: Any) -> None:
        """Say the text of the tokens."""

    def send_digits(self, digits: str) -> None:
        """Play keys to the caller."""

    def end(self, handoff: Any) -> None:
        """End the session with the app's handoff data."""


Message = dict[str, Any]


def setup_fields(session_sid: str, account: str, call: Call, parameters: dict[str, str]) -> dict[str, Any]:
    """Return the fields of the setup message."""
    return {
        "sessionId": session_sid,
        "accountSid": account,
        "parentCallSid": call.parent_sid or "",
        "callSid": call.sid,
        "from": call.from_,
        "to": call.to,
        "forwardedFrom": "",
        "callType": "PSTN" if call.from_.startswith("+") else "SIP",
        "callerName": call.caller_name or "",
        "direction": call.direction,
        "callStatus": call.status.upper(),
        "customParameters": parameters,
    }


def perform_message(session: RelaySession, message: Any) -> None:
    """Perform a message; KeyError, TypeError or ValueError if it is not a documented one."""
    kind = message.get("type") if isinstance(message, dict) else None
    perform = _MESSAGES.get(str(kind))
    if perform is None:
        raise ValueError("unknown type")
    perform(session, message)


def _text(session: RelaySession, message: Message) -> None:
    session.add_token(_string(message, "token"))
    if message.get("last", False):
        session.say_tokens(message.get("interruptible"), message.get("preemptible"))


def _play(session: RelaySession, message: Message) -> None:
    url, passes = _string(message, "source"), min(_MOST_PASSES, int(message.get("loop", 1)))
    session.speech.play(url, passes, message.get("interruptible", session.settings.interruptible))


def _send_digits(session: RelaySession, message: Message) -> None:
    session.send_digits(_string(message, "digits"))


def _language(session: RelaySession, message: Message) -> None:
    """Change the languages of speech and transcription."""
    settings = session.settings
    settings.tts_language = message.get("ttsLanguage", settings.tts_language)
    settings.language = message.get("transcriptionLanguage", settings.language)


def _end(session: RelaySession, message: Message) -> None:
    session.end(message.get("handoffData"))


def _string(message: Message, name: str) -> str:
    value = message[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string")
    return value


_MESSAGES: dict[str, Callable[[RelaySession, Message], None]] = {
    "text": _text,
    "play": _play,
    "sendDigits": _send_digits,
    "language": _language,
    "end": _end,
}
