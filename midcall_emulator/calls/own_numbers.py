"""Calls between two numbers of the account.

A call to a number of the account rings no phone of a person: it arrives as an inbound call, with a CallSid of its own
and the document of the number's voice URL. What one call plays, the other call hears; both end together
(https://www.twilio.com/docs/voice/api/call-resource: a Call is the connection between one telephone and Twilio).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from midcall_emulator.core.applications import HasApplications
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.inputs import Speech
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.numbers import HasNumbers, Number
from midcall_emulator.core.people import HasPeople
from midcall_emulator.core.sids import new_sid

_CHARACTERS_PER_SECOND = 15
_SHORTEST_SPEECH_SECONDS = 0.5
_SOUNDS = frozenset({"say", "play", "speech"})
_REJECTIONS = frozenset({"busy", "failed"})


class PlacesInbound(Protocol):
    """Places inbound calls."""

    def place_inbound(self, from_: str, number: Number, carrier: dict[str, str] | None = None) -> Call:
        """Place a call to a number of the account."""
        ...


class Phone(Protocol):
    """Delivers keys and speech to a call."""

    def press(self, call: Call, digits: str) -> None:
        """Press keys."""

    def speak(self, call: Call, speech: Speech) -> None:
        """Start to speak."""


class LineWorld(HasApplications, HasLifecycle, HasNumbers, HasPeople, Protocol):
    """The parts of the world that a call between two numbers uses."""

    @property
    def handset(self) -> Phone: ...

    @property
    def placement(self) -> PlacesInbound: ...


class Line:
    """One end of a line: what ``here`` hears is keyed and spoken on the call ``there``.

    ``on_end`` gets the final status of ``here``.
    """

    resource = name = ""

    def __init__(self, world: LineWorld, here: Call, there: Call, on_end: Callable[[str], None]) -> None:
        self._world, self._here, self._there, self._on_end = world, here, there, on_end
        self.sid = new_sid("LN")

    def start(self) -> None:
        """Listen to the call."""
        self._here.run.listeners.append(self)

    def on_heard(self, item: dict[str, Any]) -> None:
        """Send keys, words and sounds to the other end."""
        text = item.get("text", "") or item.get("url", "")
        if item["kind"] == "dtmf":
            self._world.handset.press(self._there, item["digits"].strip("wW"))
        elif item["kind"] in _SOUNDS:
            seconds = max(_SHORTEST_SPEECH_SECONDS, len(text) / _CHARACTERS_PER_SECOND)
            self._world.handset.speak(self._there, Speech(text, seconds))

    def on_speech(self, text: str, seconds: float, track: str) -> None:
        """Ignore speech: it comes from the other end."""

    def on_keys(self, digits: str) -> None:
        """Ignore keys: they come from the other end."""

    def stop(self) -> None:
        """Report the end of the call to the other end."""
        if self in self._here.run.listeners:
            self._here.run.listeners.remove(self)
            self._on_end(self._here.status)


class OwnNumbers:
    """Connects calls to numbers of the account."""

    def __init__(self, world: LineWorld) -> None:
        self._world = world

    def dialed_by(self, call: Call) -> Number | None:
        """Return the number that a call dials; None without a voice URL, or if the number was given a person."""
        number, world = self._world.numbers.find(call.to), self._world
        if number is None or world.people.is_set(call.to) or not world.applications.voice_of(number).url:
            return None
        return number

    def connect(self, call: Call, number: Number, on_reject: Callable[[str], None]) -> Call:
        """Place the inbound call to the number; ``on_reject`` gets ``busy``, ``failed`` or ``no-answer``."""
        end = self._world.lifecycle.end

        def end_inbound(_: str) -> None:
            end(inbound, "completed" if inbound.answered is not None else "no-answer")

        def end_call(status: str) -> None:
            if call.answered is None:
                on_reject(status if status in _REJECTIONS else "no-answer")
            else:
                end(call, "completed")

        inbound = self._world.placement.place_inbound(call.from_, number)
        Line(self._world, call, inbound, end_inbound).start()
        Line(self._world, inbound, call, end_call).start()
        return inbound


class HasOwnNumbers(Protocol):
    """Offers what connects calls to numbers of the account."""

    own_numbers: OwnNumbers
