"""What code that changes calls works with: the configuration, the registry, Twilio, and the scenes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Self, TypedDict

from voice.catalogue import Catalogue
from voice.config import Config
from voice.registry import Registry
from voice.scenes.scene import Scene
from voice.twilio.client import TwilioApi
from voice.twilio.conferences import TwilioRooms
from voice.twilio.forks import TwilioLine
from voice.twilio.recordings import TwilioRecordings


class TwilioClients(TypedDict):
    """The parts of Twilio's API that commands use, all over one client."""

    twilio: TwilioApi
    conferences: TwilioRooms
    recordings: TwilioRecordings
    line: TwilioLine


def twilio_clients(config: Config, pace: AbstractContextManager[Any] | None = None) -> TwilioClients:
    """New clients; `pace` is entered around each request. Opens no connection."""
    api = TwilioApi(config, pace)
    return {
        "twilio": api,
        "conferences": TwilioRooms(api),
        "recordings": TwilioRecordings(api),
        "line": TwilioLine(api),
    }


@dataclass(frozen=True)
class CallServices:
    """The services of a command; `Services` adds those of a whole process."""

    config: Config
    registry: Registry
    twilio: TwilioApi
    conferences: TwilioRooms
    recordings: TwilioRecordings
    line: TwilioLine
    scenes: Catalogue[Scene]

    def with_pace(self, pace: AbstractContextManager[Any]) -> Self:
        """The same services with clients of their own, whose requests enter `pace`."""
        return replace(self, **twilio_clients(self.config, pace))
