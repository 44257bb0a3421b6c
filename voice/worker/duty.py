"""A duty: work that every worker process repeats."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import Event
from typing import ClassVar

from voice.errors import MidcallError, RegistryUnavailable
from voice.services import Services

log = logging.getLogger(__name__)


class Duty(ABC):
    """One duty of the worker. Each has its own thread, so none waits for another.

    Several workers can run: a duty claims its work in the registry, or does no harm when two workers do it.
    """

    name: ClassVar[str]
    every_seconds: ClassVar[float] = 1.0

    def __init__(self, services: Services, stopping: Event):
        """`stopping` is set when the worker stops; a long round ends soon after."""
        self.services, self.stopping = services, stopping

    @abstractmethod
    def run(self) -> None:
        """Do all work that is due. Errors are logged, and the next round tries again."""

    def end(self) -> None:  # noqa: B027 (most duties have nothing to end)
        """Do what is left when the worker stops."""


def run_logged(work: Callable[[], None]) -> None:
    """Do the work, and log its errors: the worker goes on."""
    try:
        work()
    except RegistryUnavailable as error:
        log.warning("The registry is unavailable: %s", error.message)
    except MidcallError as error:
        log.warning("%s", error.message)
    except Exception:  # the worker must go on
        log.exception("A duty of the worker failed.")
