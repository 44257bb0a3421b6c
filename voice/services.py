"""The services that a process of Midcall shares. `voice.build_services` builds them."""

from __future__ import annotations

from dataclasses import dataclass

from voice.catalogue import Catalogue
from voice.control.base import CommandKind
from voice.control.call_services import CallServices
from voice.registry.engine.recorder import Recorder


@dataclass(frozen=True)
class Services(CallServices):
    """The services of a command, and the recorder of webhooks."""

    commands: Catalogue[CommandKind]
    recorder: Recorder

    def close(self) -> None:
        """Stop draining the spool, and close all connections to the database."""
        self.recorder.close()
        self.registry.close()
