"""Transcription inside Start (https://www.twilio.com/docs/voice/twiml/transcription)."""

from __future__ import annotations

from midcall_emulator.media.listeners import CallListener
from midcall_emulator.media.media_session import TRACKS
from midcall_emulator.media.transcriptions import Transcription, TranscriptionSettings
from midcall_emulator.twiml.attributes.stream import track_name
from midcall_emulator.twiml.attributes.urls import absolute_callback
from midcall_emulator.twiml.attributes.values import http_method
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import start_noun


@start_noun("Transcription", "Transcriptions")
def transcription(run: Run, noun: Verb) -> CallListener:
    """Return a transcription of the call; it covers both tracks by default."""
    settings = TranscriptionSettings(
        noun.get("name"),
        TRACKS[track_name(run, noun, "both_tracks")],
        absolute_callback(run, noun, "statusCallbackUrl"),
        http_method(run, noun, "statusCallbackMethod"),
        noun.get("languageCode", "en-US"),
        noun.is_true("partialResults"),
    )
    return Transcription(run.world, run.call, settings)
