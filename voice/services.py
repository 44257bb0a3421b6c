"""What one run of Midcall is made of: built once by `create_app`, handed to whoever needs it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from voice.catalogue import Catalogue
from voice.commands import all_commands
from voice.config import Config
from voice.control.base import CommandKind
from voice.errors import SettingWrong
from voice.registry import Registry
from voice.registry.engine.spool import Recorder, Spool
from voice.scenes import Scene, all_scenes
from voice.twilio.client import TwilioApi
from voice.twilio.conferences import TwilioRooms
from voice.twilio.forks import TwilioLine
from voice.twilio.recordings import TwilioRecordings


@dataclass(frozen=True)
class Services:
    """Configuration, registry, Twilio, and the two catalogues."""

    config: Config
    registry: Registry
    recorder: Recorder
    twilio: TwilioApi
    rooms: TwilioRooms
    recordings: TwilioRecordings
    line: TwilioLine
    scenes: Catalogue[Scene]
    commands: Catalogue[CommandKind]


def build(config: Config, pace: AbstractContextManager[Any] | None = None) -> Services:
    """The services for a configuration; `pace` is around each request to Twilio.

    Opens no connection. Raises SettingWrong for a scene nobody wrote.
    """
    registry = Registry(config["DATABASE_URL"])
    scenes = all_scenes()
    _check_scenes(config, scenes)
    return Services(
        config=config,
        registry=registry,
        recorder=Recorder(registry.events.record, Spool(config["SPOOL_DIR"])),
        twilio=(twilio := TwilioApi(config, pace)),
        rooms=TwilioRooms(twilio),
        recordings=TwilioRecordings(twilio),
        line=TwilioLine(twilio),
        scenes=scenes,
        commands=all_commands(),
    )


def _check_scenes(config: Config, scenes: Catalogue[Scene]) -> None:
    for setting, names in (("START_SCENE", [config["START_SCENE"]]), ("NUMBERS", config["NUMBERS"].values())):
        for name in names:
            if name not in scenes:
                raise SettingWrong(
                    f"{setting} names the scene {name!r}; it should be one of: {', '.join(scenes)}"
                )
