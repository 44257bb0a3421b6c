"""A rule in words: when it applies, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from voice.web.console.blueprint import blueprint
from voice.web.console.labels.states import duration
from voice.web.guards import services

DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip


@blueprint.app_template_filter("when_in_words")
def when_in_words(when: Mapping[str, Any]) -> str:
    """The condition of a step, as `an inbound call, in Menu or Greeting, that has lasted 25:00`."""
    direction = {"inbound": "an inbound call", "outbound": "an outbound call"}
    return ", ".join([direction.get(when.get("direction", ""), "any call"), *_conditions(when)])


def _conditions(when: Mapping[str, Any]) -> Iterator[str]:
    for name in ("from", "to"):
        if number := when.get(name):
            prefix = number.removesuffix("*")
            yield f"{name} {number}" if prefix == number else f"{name} a number that begins with {prefix}"
    if scenes := when.get("scene"):
        yield f"in {_either(map(_scene, scenes))}"
    if days := when.get("weekdays"):
        yield f"on {_either(DAYS[day] for day in days)}"
    if span := when.get("between"):
        yield f"between {span.replace('-', ' and ')}"
    if "open" in when:
        yield "within the opening hours" if when["open"] else "outside the opening hours"
    if "lasted_seconds" in when:
        yield f"that has lasted {duration(when['lasted_seconds'])}"
    if "waited_seconds" in when:
        yield f"that has been there for {duration(when['waited_seconds'])}"


def _either(words: Any) -> str:
    *some, last = words
    return f"{', '.join(some)} or {last}" if some else last


def _scene(name: str) -> str:
    scene = services().scenes.get(name)
    return scene.title if scene else name
