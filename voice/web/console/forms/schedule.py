"""The time at which a form's command runs: at once, after a delay, or at a time of the viewer's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from voice.errors import MidcallError
from voice.web.console.blueprint import blueprint
from voice.web.guards import services

UNITS = {"seconds": 1, "minutes": 60, "hours": 3600}
_ARGUMENTS = ("at", "after_seconds")


@dataclass
class StartTime:
    """The fields `later.…` of a form. A time without a zone, which the page's script sends, is in TIMEZONE."""

    after: str = ""
    unit: str = "minutes"
    at: str = ""
    zone: str = ""
    error: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> StartTime:
        """The fields as they were sent."""
        return cls(*(sent.get(f"later.{name}", "").strip() for name in ("after", "unit", "at", "zone")))

    @property
    def arguments(self) -> dict[str, Any]:
        """`at` or `after_seconds`, as the API takes them. Text that is no time or number is left to its check."""
        at = {"at": in_zone(self.at, self.zone)} if self.at else {}
        return at | ({"after_seconds": _seconds(self.after, self.unit)} if self.after else {})

    def with_error(self, error: MidcallError | None) -> StartTime:
        """The same fields with the error that concerns them, if any."""
        wrong = [one["message"] for one in (error and error.fields) or () if one["field"] in _ARGUMENTS]
        self.error = " ".join(wrong)
        return self


def in_zone(text: str, zone: str) -> str:
    """A local time as ISO 8601 with its zone; any other text stays as it is."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=_zone(zone)).isoformat()
    except ValueError:
        return text


def _seconds(text: str, unit: str) -> float | str:
    try:
        return float(text) * UNITS.get(unit, 60)
    except ValueError:
        return text


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown zone, or a name that is a path
        return _own_zone()


def _own_zone() -> ZoneInfo:
    zone: ZoneInfo = services().config["TIMEZONE"]
    return zone


@blueprint.app_template_filter("local_time")
def local_time(moment: datetime) -> str:
    """A time as a form shows it before a script moves it into the viewer's zone."""
    return moment.astimezone(_own_zone()).replace(microsecond=0, tzinfo=None).isoformat()


@blueprint.app_context_processor
def _zone_name() -> dict[str, Any]:
    return {"own_zone": str(_own_zone())}
