"""Media streams: the audio of a call over a WebSocket
(https://www.twilio.com/docs/voice/media-streams/websocket-messages)."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.media import wav
from midcall_emulator.media.media_session import TRACKS, MediaSession, StreamSettings
from midcall_emulator.media.playback import Playback
from midcall_emulator.media.stream_messages import InvalidMessage, perform_message
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.connections import HasSession
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.sockets import Socket
from midcall_emulator.wire.webhooks import HasWebhooks

_EPSILON = 1e-6  # a frame due at the end of an advance belongs to it, in spite of rounding
_FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": wav.RATE, "channels": 1}


class StreamWorld(
    HasAccount, HasAudio, HasCallLog, HasClock, HasFaults, HasSession, HasSwitches, HasWebhooks, Protocol
):
    """The parts of the world that a stream uses."""


class Stream(MediaSession):
    """A stream; a bidirectional one also plays the app's audio, sends keys, and cannot be named in the REST API."""

    resource = "Streams"
    world: StreamWorld

    def __init__(
        self, world: StreamWorld, call: Call, settings: StreamSettings, bidirectional: bool = False
    ) -> None:
        super().__init__(world, call, "MZ", settings)
        if bidirectional:
            self.resource = ""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bidirectional = bidirectional
        self._tracks = TRACKS[settings.track]
        self._socket = Socket(world, call, settings.url, self.kind)
        self._playback = Playback(world, call, lambda name: self._send("mark", mark={"name": name}))
        self._sequence, self._chunks, self._began = 0, dict.fromkeys(self._tracks, 0), 0.0
        self._talks_until: dict[str, float] = {}
        self._is_open = False

    # -- the call ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect, and stream until the stream is stopped, the call ends or the app closes the socket."""
        super().start()
        self.world.clock.spawn(self._run())

    def on_speech(self, text: str, seconds: float, track: str) -> None:
        """Send frames with a tone instead of silence during speech."""
        self._talks_until[track] = self.world.clock.now() + seconds

    def on_keys(self, digits: str) -> None:
        """Send the caller's keys to the app, if the stream is bidirectional."""
        for digit in digits if self._bidirectional else "":
            self._send("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def on_stop(self) -> None:
        """Send the stop message, close the socket, and report the end."""
        if self._is_open:
            self._send("stop", stop={"accountSid": self.world.account, "callSid": self.call.sid})
            self._is_open = False
            self._socket.close()
            self.report("stopped")
        self._playback.close()
        if not self.over.done():
            self.over.set_result(None)

    def result(self) -> dict[str, str]:
        """Return the parameters for the action of Connect: a stream has none."""
        return {}

    # -- the socket --------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        problem = await self._socket.open()
        if problem:
            self._fail(problem)
        elif self.status == "stopped":
            self._socket.close()
        else:
            self._begin()
            await self._socket.read(self._receive)
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
        self._send("start", start=self._start_message())
        self.report("started")
        self.world.clock.spawn(self._send_frames())

    def _start_message(self) -> dict[str, Any]:
        return {
            "accountSid": self.world.account,
            "streamSid": self.sid,
            "callSid": self.call.sid,
            "tracks": list(self._tracks),
            "mediaFormat": _FORMAT,
            "customParameters": self.settings.parameters,
        }

    async def _send_frames(self) -> None:
        """Send a frame of each track at its time; a switch sets the length, 0 for no frames."""
        step, clock = self.world.switches.stream_frame_seconds, self.world.clock
        frames = itertools.count(1)
        while step and self._is_open:
            due = round(self._began + next(frames) * step, 6)
            await clock.sleep(due - clock.now() - _EPSILON)
            for track in self._tracks if self._is_open and not self._socket.is_behind else ():
                self._send_frame(track, step, due)

    def _send_frame(self, track: str, seconds: float, at: float) -> None:
        self._chunks[track] += 1
        media = {
            "track": track,
            "chunk": str(self._chunks[track]),
            "timestamp": str(round((at - self._began) * 1000)),
            "payload": wav.frame(seconds, self._talks_until.get(track, 0.0) >= at),
        }
        self._send("media", media=media)

    def _send(self, event: str, **body: Any) -> None:
        if self._is_open:
            self._sequence += 1
            number = str(self._sequence)
            self._socket.send({"event": event, "sequenceNumber": number, **body, "streamSid": self.sid})

    def _receive(self, message: Any) -> None:
        """Perform a message of the app, if the stream is bidirectional; an invalid one is a warning (31951)."""
        if not self._bidirectional:
            return
        try:
            perform_message(self._playback, self.sid, message)
        except InvalidMessage as error:
            text = f"Stream - Protocol - Invalid Message: {error}"
            self.world.log.warning(self.call, 31951, text, self.settings.url)
