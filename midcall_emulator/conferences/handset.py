"""The handset: keys and speech of the person on a call, delivered to everything that listens to the call."""

from __future__ import annotations

from typing import Protocol

from midcall_emulator.conferences import sounds
from midcall_emulator.conferences.directory import HasConferences
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.inputs import Key, Speech
from midcall_emulator.media import listeners


class HandsetWorld(HasAudio, HasConferences, Protocol):
    """The parts of the world that keys and speech use."""


class Handset:
    """Delivers keys and speech, also to a TwiML app whose caller the person is."""

    def __init__(self, world: HandsetWorld) -> None:
        self._world = world

    def press(self, call: Call, digits: str) -> None:
        """Press keys, one after the other in the same moment. A connected party hears them."""
        if call.partner:
            self._world.audio.play(call.partner, "dtmf", digits=digits)
        if participant := self._world.conferences.participant_of(call):
            sounds.report_keys(participant, digits)
        listeners.report_keys(call, digits)
        if "*" in digits and call.run.on_star:
            call.run.on_star()
        for digit in digits:
            call.run.inputs.put(Key(digit))
        if call.app_leg:
            self.press(call.app_leg, digits)

    def speak(self, call: Call, speech: Speech) -> None:
        """Start to speak."""
        listeners.report_speech(call, speech.text, speech.seconds)
        if participant := self._world.conferences.participant_of(call):
            sounds.report_speech(participant, speech.text, speech.seconds)
        call.run.inputs.put(speech)
        if call.app_leg:
            self.speak(call.app_leg, speech)


class HasHandset(Protocol):
    """Offers the handset of every person."""

    handset: Handset
