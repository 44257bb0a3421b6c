"""Start and Stop: listeners on the call that run beside the verbs (https://www.twilio.com/docs/voice/twiml/stream)."""

from __future__ import annotations

from collections.abc import Callable

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.media import forks
from midcall_emulator.media.forks import Fork
from midcall_emulator.media.reported import TRACKS, StreamSettings
from midcall_emulator.media.streams import Stream
from midcall_emulator.twiml.attributes.values import method
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import performs
from midcall_emulator.wire.sockets import is_socket_url
from midcall_emulator.wire.urls import is_http_url

Make = Callable[[Run, Verb], Fork | None]
_MAKERS: dict[str, Make] = {}
_RESOURCES: dict[str, str] = {}
LONGEST_PARAMETER, MOST = 500, 4


def starts(name: str, resource: str) -> Callable[[Make], Make]:
    """Register the decorated function as what ``<Start><name>`` makes; REST has it as ``resource``."""

    def register(make: Make) -> Make:
        _MAKERS[name], _RESOURCES[name] = make, resource
        return make

    return register


@performs("Start", "action method", children="*")
async def start(run: Run, verb: Verb) -> Outcome:
    """Start every listener inside, and go on at once."""
    for noun in verb.children:
        _start(run, noun)
    return None


@performs("Stop", children="*")
async def stop(run: Run, verb: Verb) -> Outcome:
    """Stop every listener that is named inside, and go on."""
    for noun in verb.children:
        fork = forks.named(run.call, _RESOURCES.get(noun.name, "?"), noun.get("name") or noun.get("sid"))
        if fork is None:
            run.warn(12200, f"Stop: there is no <{noun.name}> called {noun.get('name')!r}")
        else:
            fork.stop()
    return None


def _start(run: Run, noun: Verb) -> None:
    make, name = _MAKERS.get(noun.name), noun.get("name")
    if make is None:
        run.warn(12200, f"Start: <{noun.name}> cannot be started")
    elif name and forks.named(run.call, _RESOURCES[noun.name], name):
        run.warn(12200, f"Start: there is a <{noun.name}> called {name!r} already")
    elif fork := make(run, noun):
        fork.start()
        if len(run.call.run.forks) > MOST:
            run.warn(
                12200,
                f"Start: Twilio allows {MOST} listeners on a call; here there are {len(run.call.run.forks)}",
            )


@starts("Stream", "Streams")
def stream(run: Run, noun: Verb) -> Fork | None:
    """Return a stream that only listens."""
    terms = stream_terms(run, noun, "inbound_track")
    return Stream(run.world, run.call, terms) if terms else None


def stream_terms(run: Run, noun: Verb, track: str) -> StreamSettings | None:
    """Return what the noun says about a stream; None, with a warning, if it has no address that can be used."""
    url = noun.get("url").strip()
    if not is_socket_url(url):
        run.warn(31920, f"{noun.name}: {url!r} is not the URL of a WebSocket", url)
        return None
    if "?" in url:
        run.warn(12200, f"{noun.name}: a query in the URL is not supported; use <Parameter>", url)
    return terms_of(run, noun, track, url)


def terms_of(run: Run, noun: Verb, track: str, url: str = "") -> StreamSettings:
    """Return name, track, callback and parameters of a fork."""
    wanted = noun.get("track", track)
    if wanted not in TRACKS:
        run.warn(12200, f"{noun.name} track={wanted!r} is not usable; {track} is used")
        wanted = track
    callback = absolute(run, noun, "statusCallback")
    return StreamSettings(
        url,
        noun.get("name"),
        wanted,
        callback,
        method(run, noun, "statusCallbackMethod"),
        _parameters(run, noun),
    )


def absolute(run: Run, noun: Verb, name: str) -> str:
    """Return a callback's URL; a relative one is an error on the call (11200) and means none."""
    url = noun.get(name).strip()
    if url and not is_http_url(url):
        run.world.log.error(run.call, 11200, f"{noun.name}: {name} {url!r} must be absolute", url)
        return ""
    return url


def _parameters(run: Run, noun: Verb) -> dict[str, str]:
    """Return the custom parameters of a stream, whose names and values have less than 500 characters together."""
    found = parameters(noun)
    for name, value in found.items():
        if len(name) + len(value) >= LONGEST_PARAMETER:
            run.warn(
                12200, f"{noun.name}: Parameter {name[:20]!r} has {LONGEST_PARAMETER} characters or more"
            )
    return found


def parameters(noun: Verb) -> dict[str, str]:
    """Return the custom parameters inside a noun."""
    found = (child for child in noun.children if child.name == "Parameter")
    return {child.get("name"): child.get("value") for child in found}
