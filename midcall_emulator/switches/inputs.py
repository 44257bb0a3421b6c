"""Switches of what callers say and key: Gather, Record, recordings and streams."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.switches.switch import switch


@dataclass
class InputSwitches:
    """Switches of what callers say and key: Gather, Record, recordings and streams; a part of ``Switches``."""

    gather_action_on_interrupt: bool = switch(
        False, "a Gather that is interrupted after keys requests its action", "undecided"
    )
    gather_action_on_hangup: bool = switch(
        False, "a Gather requests its action when the caller hangs up after keys", "undecided"
    )
    empty_digits_sent: bool = switch(
        True, "actionOnEmptyResult sends an empty Digits; False: none", "undecided"
    )
    speech_auto_seconds: float = switch(1.0, "silence that ends speech if speechTimeout is auto", "emulator")
    speech_confidence: str = switch("0.9", "Confidence sent with a SpeechResult; empty: none", "emulator")
    silent_recording: str = switch(
        "fall-through",
        "a recording of silence: 'fall-through' or 'keep'",
        "undecided",
        "docs/voice/twiml/record contradicts itself",
    )
    record_action_on_interrupt: bool = switch(
        False, "a Record that REST interrupts requests its action", "undecided"
    )
    recording_delay_seconds: float = switch(
        0.0, "time between the end of a recording and its status callback", "undecided"
    )
    second_recording: str = switch(
        "ignore",
        "a second recording of a call over REST: 'ignore' (the first continues) or 'refuse' (16108)",
        "measured",
        "the first recording is answered with 201, though error 16108 exists",
    )
    stream_frame_seconds: float = switch(
        0.02,
        "audio in one media message of a stream; 0: no media messages",
        "official",
        "docs/voice/media-streams/websocket-messages: 20 ms",
    )
    recording_owner: str = switch(
        "parent",
        "call that the recording of a leg that talks to its parent belongs to: the 'parent' or the 'recorded' leg",
        "official",
        "docs/voice/api/recording: the CallSid of a two-leg call is that of the parent",
        lenient="recorded",
    )
    recording_media: str = switch(
        "as-created",
        "media of a recording with two channels without RequestedChannels: 'as-created' or 'mono'",
        "official",
        "docs/voice/api/recording#fetch-a-recordings-media-file: as it was created",
        lenient="mono",
    )
