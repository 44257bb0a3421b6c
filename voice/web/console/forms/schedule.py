"""When what a form asks for is to happen: at once, so long from now, or at a moment of the viewer's own clock."""

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
_FIELDS = ("at", "after_seconds")


@dataclass
class Later:
    """What was filled in. Without a zone, which the page's script gives, a moment is in the zone of TIMEZONE."""

    after: str = ""
    unit: str = "minutes"
    at: str = ""
    zone: str = ""
    error: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Later:
        """What was sent."""
        return cls(*(given.get(f"later.{name}", "").strip() for name in ("after", "unit", "at", "zone")))

    @property
    def when(self) -> dict[str, Any]:
        """As the API takes it: `at`, or `after_seconds`; what is neither moment nor number is left to its check."""
        at = {"at": in_zone(self.at, self.zone)} if self.at else {}
        return at | ({"after_seconds": _seconds(self.after, self.unit)} if self.after else {})

    def refused(self, error: MidcallError | None) -> Later:
        """With what is wrong, if it is about the time."""
        wrong = [one["message"] for one in (error and error.fields) or () if one["field"] in _FIELDS]
        self.error = "; ".join(wrong)
        return self


def in_zone(text: str, zone: str) -> str:
    """A moment without a zone as one in it, ISO 8601; whatever is no moment stays as it is."""
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
    except (KeyError, ValueError, OSError):  # there is no such zone, or its name is a path
        own_zone: ZoneInfo = services().config["TIMEZONE"]
        return own_zone


@blueprint.app_template_filter("local")
def local(moment: datetime) -> str:
    """A moment as a form shows it where no script puts it into the viewer's zone."""
    there = moment.astimezone(services().config["TIMEZONE"])
    return there.replace(microsecond=0, tzinfo=None).isoformat()


@blueprint.app_context_processor
def _own_zone() -> dict[str, Any]:
    return {"own_zone": str(services().config["TIMEZONE"])}
