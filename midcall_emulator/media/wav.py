"""Audio data: the length of a WAV file, the WAV file of a recording, and the frames of a stream."""

from __future__ import annotations

import base64
import io
import ipaddress
import math
import struct
import wave
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

RATE = 8000


def wav_seconds(body: bytes) -> float | None:
    """Return the seconds of a WAV file, None for other data."""
    try:
        with wave.open(io.BytesIO(body)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return None


def is_near(url: str, document_url: str | None) -> bool:
    """Return whether a file is on the app's host, on this machine or in its network: reachable without the internet."""
    host = urlsplit(url).hostname or ""
    if document_url and host == urlsplit(document_url).hostname:
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".test", ".local", ".localhost"))


def recording_file(seconds: int, tracks: list[list[tuple[float, float]]]) -> Iterator[bytes]:
    """Yield a WAV file, header first: 8 kHz, 8 bits, one channel per track, a tone during speech, else silence."""
    count = len(tracks)
    size, rate = seconds * RATE * count, RATE * count
    header = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, count, RATE, rate, count, 8
    )
    yield header + struct.pack("<4sI", b"data", size)
    tone = bytes(round(128 + 60 * math.sin(2 * math.pi * 440 * step / RATE)) for step in range(RATE))
    for second in range(seconds):
        sound = bytearray(rate)
        for channel, spoken in enumerate(tracks):
            talks = any(start < second + 1 and end > second for start, end in spoken)
            sound[channel::count] = tone if talks else b"\x80" * RATE
        yield bytes(sound)


@cache
def frame(seconds: float, talks: bool) -> str:
    """Return a frame of a stream in base64, 8 kHz mu-law: a tone during speech, else silence."""
    steps = range(max(1, round(seconds * RATE)))
    tone = (_mulaw(round(8000 * math.sin(2 * math.pi * 400 * step / RATE))) for step in steps)
    return base64.b64encode(bytes(tone) if talks else b"\xff" * len(steps)).decode()


def _mulaw(sample: int) -> int:
    """Convert a 16-bit sample to G.711 mu-law."""
    sign, size = (0x80, -sample) if sample < 0 else (0, sample)
    size = min(size, 32635) + 132
    exponent = size.bit_length() - 8
    return ~(sign | exponent << 4 | size >> (exponent + 3) & 0x0F) & 0xFF
