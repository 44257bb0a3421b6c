"""ConversationRelay inside Connect (https://www.twilio.com/docs/voice/twiml/connect/conversationrelay)."""

from __future__ import annotations

from midcall_emulator.media.relay import Relay
from midcall_emulator.media.relay_settings import RelaySettings
from midcall_emulator.twiml.attributes.parameters import custom_parameters
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import Session, connect_noun
from midcall_emulator.wire.urls import is_socket_url


@connect_noun("ConversationRelay", reports_hangup=True)
def conversation_relay(run: Run, noun: Verb) -> Session | None:
    """Return a session; None, with a warning (64101), if the URL is not that of a WebSocket."""
    url = noun.get("url").strip()
    if not is_socket_url(url):
        run.warn(64101, f"ConversationRelay: {url!r} is not the URL of a WebSocket", url)
        return None
    return Relay(run.world, run.call, _settings(noun, url))


def _settings(noun: Verb, url: str) -> RelaySettings:
    language = noun.get("language", "en-US")
    return RelaySettings(
        url,
        greeting=noun.get("welcomeGreeting"),
        greeting_interruptible=noun.get("welcomeGreetingInterruptible", "any").lower(),
        interruptible=noun.get("interruptible", "any").lower(),
        preemptible=noun.is_true("preemptible"),
        reports_during_speech=noun.get("reportInputDuringAgentSpeech", "none"),
        dtmf=noun.is_true("dtmfDetection"),
        partial=noun.is_true("partialPrompts"),
        voice=noun.get("voice"),
        tts_language=noun.get("ttsLanguage", language),
        language=noun.get("transcriptionLanguage", language),
        parameters=custom_parameters(noun),
    )
