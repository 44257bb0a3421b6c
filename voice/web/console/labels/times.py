"""Times and durations as pages show them."""

from __future__ import annotations

from datetime import datetime

from voice.events import now
from voice.json_record import iso
from voice.web.console.blueprint import blueprint

blueprint.app_template_filter("iso")(iso)


@blueprint.app_template_filter("elapsed")
def elapsed(moment: datetime | str) -> str:
    """The time since a moment (a datetime, or ISO 8601), as 0:07, 12:30 or 1:05:00."""
    since = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return duration((now() - since).total_seconds())


@blueprint.app_template_filter("remaining")
def remaining(moment: datetime) -> str:
    """The time until a moment, as `in 0:07`; `now` if the moment has passed."""
    seconds = (moment - now()).total_seconds()
    return f"in {duration(seconds)}" if seconds >= 0 else "now"


@blueprint.app_template_filter("duration")
def duration(seconds: float | None) -> str:
    """A duration as 0:07, 12:30 or 1:05:00; empty for None."""
    if seconds is None:
        return ""
    hours, rest = divmod(max(0, int(seconds)), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
