"""The interface to what runs TwiML, for the parts below ``twiml/`` that start documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.outcomes import End, Fetch, Outcome, Source

BACKGROUND_VERBS = frozenset({"Say", "Play", "Pause", "Redirect"})


class RunsDocuments(Protocol):
    """Runs the documents that control a call."""

    async def converse(self, call: Call, source: Source) -> None:
        """Run a document and those it leads to, then end the call."""

    async def follow(
        self, call: Call, source: Source, allowed: frozenset[str] | None = None, kind: str = "twiml"
    ) -> End:
        """Run a document and those it leads to; return how the last one ended.

        ``allowed`` limits the verbs, None allows all. ``kind`` is the kind of the first request.
        """


def _no_params() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class BackgroundSettings:
    """How a background document is played.

    ``kind`` is the kind of its requests, to which ``params`` are added; requests that are ``bare`` have no parameters
    of the call. ``audience`` returns the calls that hear it.
    A verb that is not in ``allowed`` is an error with the code ``forbidden_code``; if that is None, the verb is
    skipped with a warning.
    """

    kind: str
    audience: Callable[[], Iterable[Call]]
    allowed: frozenset[str] = BACKGROUND_VERBS
    params: Callable[[], Mapping[str, str]] = _no_params
    forbidden_code: int | None = 13238
    bare: bool = False


class PlaysDocuments(Protocol):
    """Plays documents in the background: while a call waits or is on hold, and as announcements."""

    async def play(self, call: Call, source: Fetch, settings: BackgroundSettings) -> Outcome:
        """Play a document and those it redirects to.

        Return what ended the playing; None if the last document ran to its end.
        """


class HasDocuments(Protocol):
    """Offers what runs documents."""

    @property
    def documents(self) -> RunsDocuments: ...


class HasBackgroundDocuments(Protocol):
    """Offers what plays documents in the background."""

    @property
    def background_documents(self) -> PlaysDocuments: ...
