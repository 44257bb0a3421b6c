"""A request to the app, before it is encoded and signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_BARE_BUT_AWAITED = frozenset({"media", "wait", "hold", "announce"})


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """What to request; ``kind`` is its purpose: twiml, fallback, action, status, recording, media, whisper or another.

    A request that ``is_bare`` has no parameters besides ``params``; the others have the standard parameters as well.
    """

    kind: str
    url: str
    method: str = "POST"
    params: tuple[tuple[str, str], ...] = ()
    is_bare: bool = False

    @classmethod
    def callback(cls, kind: str, url: str, method: str, params: Mapping[str, str]) -> OutgoingRequest:
        """Return a request with exactly these parameters, whose response does not control the call."""
        return cls(kind, url, method, tuple(params.items()), is_bare=True)

    @property
    def is_awaited(self) -> bool:
        """Whether the call, or what plays beside it, continues only after the response."""
        return not self.is_bare or self.kind in _BARE_BUT_AWAITED
