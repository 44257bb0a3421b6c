"""Attributes of Stream and Siprec (https://www.twilio.com/docs/voice/twiml/stream)."""

from __future__ import annotations

from midcall_emulator.media.media_session import TRACKS, StreamSettings
from midcall_emulator.twiml.attributes.parameters import stream_parameters
from midcall_emulator.twiml.attributes.urls import absolute_callback
from midcall_emulator.twiml.attributes.values import http_method
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.wire.urls import is_socket_url


def socket_settings(run: Run, noun: Verb, default_track: str) -> StreamSettings | None:
    """Return the settings of a stream; None, with a warning, if its URL is not that of a WebSocket."""
    url = noun.get("url").strip()
    if not is_socket_url(url):
        run.warn(31920, f"{noun.name}: {url!r} is not the URL of a WebSocket", url)
        return None
    if "?" in url:
        run.warn(SCHEMA_WARNING, f"{noun.name}: a query in the URL is not supported; use <Parameter>", url)
    return stream_settings(run, noun, default_track, url)


def stream_settings(run: Run, noun: Verb, default_track: str, url: str = "") -> StreamSettings:
    """Return name, track, status callback and parameters."""
    return StreamSettings(
        url,
        noun.get("name"),
        track_name(run, noun, default_track),
        absolute_callback(run, noun, "statusCallback"),
        http_method(run, noun, "statusCallbackMethod"),
        stream_parameters(run, noun),
    )


def track_name(run: Run, noun: Verb, default: str) -> str:
    """Return the name of the tracks, or the default with a warning."""
    track = noun.get("track", default)
    if track in TRACKS:
        return track
    run.warn(SCHEMA_WARNING, f"{noun.name} track={track!r} is not usable; {default} is used")
    return default
