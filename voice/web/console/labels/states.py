"""Words and marks that templates use: how a state looks, how long something took."""

from __future__ import annotations

from datetime import datetime

from voice.events import now
from voice.json_record import iso
from voice.web.console.blueprint import blueprint

TONES = {
    "in-progress": "good", "ringing": "wait", "queued": "wait", "initiated": "wait",
    "completed": "over", "canceled": "over", "no-answer": "over", "busy": "over", "failed": "bad",
    "requested": "wait", "accepted": "wait", "confirmed": "good", "refused": "bad", "unconfirmed": "unsure",
    "planned": "wait", "running": "good", "done": "over", "cancelled": "over", "missed": "bad", "run": "good",
}  # fmt: skip


@blueprint.app_template_filter("tone")
def tone(word: str) -> str:
    """The class that a state is shown with: its shape and colour."""
    return TONES.get(word, "over")


blueprint.app_template_filter("iso")(iso)


@blueprint.app_template_filter("elapsed")
def elapsed(moment: datetime) -> str:
    """How long ago, as 0:07, 12:30 or 1:05:00."""
    return duration((now() - moment).total_seconds())


@blueprint.app_template_filter("until")
def until(moment: datetime) -> str:
    """How long until then, as `in 0:07`; `now` once it is due."""
    seconds = (moment - now()).total_seconds()
    return f"in {duration(seconds)}" if seconds >= 0 else "now"


@blueprint.app_template_filter("duration")
def duration(seconds: float | None) -> str:
    """A length of time, as 0:07, 12:30 or 1:05:00; empty for None."""
    if seconds is None:
        return ""
    hours, rest = divmod(max(0, int(seconds)), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@blueprint.app_template_filter("browser")
def browser(user_agent: str) -> str:
    """A browser in few words, as `Firefox on Linux`; the whole user agent is for the title."""
    name = next((word for word in ("Edg", "Firefox", "Chrome", "Safari", "curl") if word in user_agent), "")
    system = next(
        (word for word in ("Android", "iPhone", "Mac OS", "Windows", "Linux") if word in user_agent), ""
    )
    return " on ".join(filter(None, (name.replace("Edg", "Edge"), system))) or user_agent[:40] or "unknown"
