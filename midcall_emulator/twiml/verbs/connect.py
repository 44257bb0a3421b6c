"""Connect: the call is handed to an app's WebSocket until that is over (https://www.twilio.com/docs/voice/twiml/connect)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.media.relay import Relay, RelaySettings
from midcall_emulator.media.streams import Stream
from midcall_emulator.twiml.attributes.values import action_request
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import performs
from midcall_emulator.twiml.verbs.start import parameters, stream_terms
from midcall_emulator.wire.callbacks import request_and_discard
from midcall_emulator.wire.sockets import is_socket_url


class Session(Protocol):
    """What a noun of Connect sets up: something that runs until ``over``."""

    over: asyncio.Future[None]

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def result(self) -> dict[str, str]: ...


Make = Callable[[Run, Verb], Session | None]
_MAKERS: dict[str, Make] = {}
_REPORTS_HANGUP = frozenset({"ConversationRelay"})


def connects(name: str) -> Callable[[Make], Make]:
    """Register the decorated function as what ``<Connect><name>`` sets up."""

    def register(make: Make) -> Make:
        _MAKERS[name] = make
        return make

    return register


@performs("Connect", "action method", children="*")
async def connect(run: Run, verb: Verb) -> Outcome:
    """Wait until the session is over; then the action, or the next verb."""
    noun = next((child for child in verb.children if child.name in _MAKERS), None)
    session = _MAKERS[noun.name](run, noun) if noun else None
    if noun is None or session is None:
        run.warn(12200, f"Connect: nothing to connect to in {[child.name for child in verb.children]}")
        return None
    with run.when_cut(lambda why: _cut(run, verb, noun, session, why)):
        session.start()
        await run.world.clock.park(session.over)
    return action_request(run, verb, session.result()) if verb.get("action").strip() else None


def _cut(run: Run, verb: Verb, noun: Verb, session: Session, why: str) -> Coroutine[Any, Any, None] | None:
    """Close the session. Only some report a hang-up to the action, whose answer counts for nothing."""
    session.stop()
    told = noun.name in _REPORTS_HANGUP
    wanted = told if why == "hangup" else run.world.switches.connect_action_on_redirect
    if not wanted or not verb.get("action").strip():
        return None
    return request_and_discard(run.world, run.call, action_request(run, verb, session.result()))


@connects("Stream")
def stream(run: Run, noun: Verb) -> Session | None:
    """Return a bidirectional stream; it takes the inbound track only."""
    terms = stream_terms(run, noun, "inbound_track")
    if terms is None:
        return None
    if terms.track != "inbound_track":
        run.warn(31941, "Connect: a Stream takes the inbound_track only", terms.url)
        return None
    return Stream(run.world, run.call, terms, bidirectional=True)


@connects("ConversationRelay")
def conversation_relay(run: Run, noun: Verb) -> Session | None:
    """Return a session (https://www.twilio.com/docs/voice/twiml/connect/conversationrelay)."""
    url = noun.get("url").strip()
    if not is_socket_url(url):
        run.warn(64101, f"ConversationRelay: {url!r} is not the URL of a WebSocket", url)
        return None
    language = noun.get("language", "en-US")
    terms = RelaySettings(
        url,
        noun.get("welcomeGreeting"),
        noun.get("welcomeGreetingInterruptible", "any").lower(),
        noun.get("interruptible", "any").lower(),
        noun.is_true("preemptible"),
        noun.get("reportInputDuringAgentSpeech", "none"),
        noun.is_true("dtmfDetection"),
        noun.is_true("partialPrompts"),
        noun.get("voice"),
        noun.get("ttsLanguage", language),
        noun.get("transcriptionLanguage", language),
        parameters(noun),
    )
    return Relay(run.world, run.call, terms)
