"""What code that changes calls works with: configuration, registry, Twilio, catalogues, a clock."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Self

from voice.catalogue import Catalogue
from voice.config import Config
from voice.control.clock import Clock, SystemClock
from voice.registry import Registry
from voice.rules.engine.rule import ReadyMade
from voice.scenes.scene import Scene
from voice.twilio.account import TwilioAccount


@dataclass(frozen=True)
class CallServices:
    """The services of a command; `Services` adds those of a whole process."""

    config: Config
    registry: Registry
    twilio: TwilioAccount
    scenes: Catalogue[Scene]
    rules: Catalogue[ReadyMade]
    commands: Catalogue[Any]
    clock: Clock = field(default_factory=SystemClock, kw_only=True)
    talks_read_at: dict[str, float] = field(
        default_factory=dict, kw_only=True
    )  # see `voice/control/talks.py`

    def with_pace(self, pace: AbstractContextManager[Any]) -> Self:
        """The same services with a Twilio client of their own, whose requests enter `pace`."""
        return replace(self, twilio=TwilioAccount(self.config, pace))
