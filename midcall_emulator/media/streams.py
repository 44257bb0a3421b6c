"""Media streams: a call's sound over a WebSocket (https://www.twilio.com/docs/voice/media-streams/websocket-messages)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import itertools
from collections.abc import Callable
from typing import Any, Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.media import wav
from midcall_emulator.media.playback import Playback
from midcall_emulator.media.reported import TRACKS, Reported, StreamSettings
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.sockets import HasSession, Socket
from midcall_emulator.wire.webhooks import HasWebhooks

_EPSILON = 1e-6  # so that a frame due with the last moment of an advance is in it, whatever floats say
_FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": wav.RATE, "channels": 1}


class StreamWorld(
    HasAccount, HasAudio, HasCallLog, HasClock, HasFaults, HasSession, HasSwitches, HasWebhooks, Protocol
):
    """The parts of the world that a stream uses."""


class Stream(Reported):
    """One stream. A bidirectional one plays what the app sends; any other only listens."""

    resource = "Streams"
    world: StreamWorld

    def __init__(
        self, world: StreamWorld, call: Call, terms: StreamSettings, bidirectional: bool = False
    ) -> None:
        super().__init__(world, call, "MZ", terms)
        if bidirectional:
            self.resource = ""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bidirectional = bidirectional
        self._tracks = TRACKS[terms.track]
        self._socket = Socket(world, call, terms.url, self.kind)
        self._playback = Playback(world, call, lambda name: self._say("mark", mark={"name": name}))
        self._sequence, self._chunks, self._began = 0, dict.fromkeys(self._tracks, 0), 0.0
        self._talks_until: dict[str, float] = {}
        self._is_open = False

    def start(self) -> None:
        """Connect, and stream until it is stopped, the call ends or the app closes the socket."""
        super().start()
        self.world.clock.spawn(self._run())

    def spoke(self, text: str, seconds: float, track: str) -> None:
        """Let frames be sound instead of silence for a while."""
        self._talks_until[track] = self.world.clock.now() + seconds

    def pressed(self, digits: str) -> None:
        """Tell the app which keys are pressed; only a bidirectional stream does."""
        for digit in digits if self._bidirectional else "":
            self._say("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def stopped(self) -> None:
        """Say goodbye, close the socket, report."""
        if self._is_open:
            self._say("stop", stop={"accountSid": self.world.account, "callSid": self.call.sid})
            self._is_open = False
            self._socket.close()
            self.report("stopped")
        self._playback.close()
        if not self.over.done():
            self.over.set_result(None)

    def result(self) -> dict[str, str]:
        """Return what an action gets to know: nothing."""
        return {}

    async def _run(self) -> None:
        problem = await self._socket.open()
        if problem:
            self._fail(problem)
        elif self.status == "stopped":
            self._socket.close()
        else:
            self._begin()
            await self._socket.read(self._take)
            self._is_open, was_open = False, self._is_open
            if was_open:
                self.report("stopped")
            self.stop()

    def _fail(self, problem: Problem) -> None:
        self.world.log.problem(self.call, problem)
        self.report("error", problem.message)
        self.stop()

    def _begin(self) -> None:
        self._is_open, self._began = True, self.world.clock.now()
        self._socket.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        self._say("start", start=self._introduction())
        self.report("started")
        self.world.clock.spawn(self._pace())

    def _introduction(self) -> dict[str, Any]:
        return {
            "accountSid": self.world.account,
            "streamSid": self.sid,
            "callSid": self.call.sid,
            "tracks": list(self._tracks),
            "mediaFormat": _FORMAT,
            "customParameters": self.terms.parameters,
        }

    async def _pace(self) -> None:
        """Send a frame per track whenever it is time; none at all if the switch says 0."""
        step, clock = self.world.switches.stream_frame_seconds, self.world.clock
        frames = itertools.count(1)
        while step and self._is_open:
            due = round(self._began + next(frames) * step, 6)
            await clock.sleep(due - clock.now() - _EPSILON)
            for track in self._tracks if self._is_open and not self._socket.is_behind else ():
                self._frame(track, step, due)

    def _frame(self, track: str, seconds: float, at: float) -> None:
        self._chunks[track] += 1
        talks = self._talks_until.get(track, 0.0) >= at
        sound = wav.frame(seconds, talks)
        self._say(
            "media",
            media={
                "track": track,
                "chunk": str(self._chunks[track]),
                "timestamp": str(round((at - self._began) * 1000)),
                "payload": sound,
            },
        )

    def _say(self, event: str, **body: Any) -> None:
        if self._is_open:
            self._sequence += 1
            number = str(self._sequence)
            self._socket.send({"event": event, "sequenceNumber": number, **body, "streamSid": self.sid})

    # -- what the app sends ------------------------------------------------------------------------------------

    def _take(self, message: Any) -> None:
        """Do what the app says, if this stream lets it; a message that makes no sense is a warning (31951)."""
        if not self._bidirectional:
            return
        event = message.get("event") if isinstance(message, dict) else None
        perform = _FROM_APP.get(str(event))
        try:
            if perform is None or message.get("streamSid") != self.sid:
                raise ValueError(f"event {event!r}")
            perform(self._playback, message)
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
            text = f"Stream - Protocol - Invalid Message: {error}"
            self.world.log.warning(self.call, 31951, text, self.terms.url)


def _media(playback: Playback, message: dict[str, Any]) -> None:
    playback.add(len(base64.b64decode(message["media"]["payload"], validate=True)) / wav.RATE)


def _mark(playback: Playback, message: dict[str, Any]) -> None:
    playback.mark(str(message["mark"]["name"]))


def _clear(playback: Playback, message: dict[str, Any]) -> None:
    playback.clear()


_FROM_APP: dict[str, Callable[[Playback, dict[str, Any]], None]] = {
    "media": _media,
    "mark": _mark,
    "clear": _clear,
}
