"""Declarations of nouns: what stands inside Dial, Start and Connect.

A noun is a module in this folder with a function under one of these decorators; ``vocabulary`` reads them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.media.listeners import CallListener
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.performers import Element

MakeTarget = Callable[[Run, Verb], DialParty | None]
TakeOver = Callable[[Run, Verb, Verb], Awaitable[Outcome]]
MakeListener = Callable[[Run, Verb], CallListener | None]


class Session(Protocol):
    """A session of Connect; ``over`` is done at its end."""

    over: asyncio.Future[None]

    def start(self) -> None:
        """Start the session."""

    def stop(self) -> None:
        """End the session."""

    def result(self) -> dict[str, str]:
        """Return the parameters for the action of Connect."""


MakeSession = Callable[[Run, Verb], Session | None]


@dataclass(frozen=True, slots=True)
class DialTarget(Element):
    """A noun of Dial that is dialed; ``make`` returns the target, or warns and returns None."""

    make: MakeTarget


@dataclass(frozen=True, slots=True)
class DialDestination(Element):
    """A noun that takes the whole Dial over, a conference or a queue; ``perform`` gets the Dial and the noun."""

    perform: TakeOver


@dataclass(frozen=True, slots=True)
class StartNoun(Element):
    """A noun of Start; ``resource`` is the name under which REST lists what it starts."""

    resource: str
    make: MakeListener


@dataclass(frozen=True, slots=True)
class ConnectNoun(Element):
    """A noun of Connect; ``reports_hangup`` is whether a hangup requests the action of Connect."""

    make: MakeSession
    reports_hangup: bool


def dial_target(name: str, attributes: Mapping[str, int]) -> Callable[[MakeTarget], DialTarget]:
    """Make the decorated function return the target of a noun of Dial."""
    return lambda make: DialTarget(name, attributes, None, make)


def dial_destination(name: str, attributes: Mapping[str, int]) -> Callable[[TakeOver], DialDestination]:
    """Make the decorated function perform a Dial to this noun."""
    return lambda perform: DialDestination(name, attributes, None, perform)


def start_noun(name: str, resource: str) -> Callable[[MakeListener], StartNoun]:
    """Make the decorated function return what ``<Start>`` starts for this noun."""
    return lambda make: StartNoun(name, None, None, resource, make)


def connect_noun(name: str, reports_hangup: bool = False) -> Callable[[MakeSession], ConnectNoun]:
    """Make the decorated function return the session of ``<Connect>`` for this noun."""
    return lambda make: ConnectNoun(name, None, None, make, reports_hangup)


def warn_unknown(run: Run, declared: Element, noun: Verb) -> None:
    """Warn about attributes of a noun that Twilio does not document."""
    for what in declared.unknown_names(noun):
        run.warn(SCHEMA_WARNING, f"Schema validation warning: <{noun.name}> has no {what}")
