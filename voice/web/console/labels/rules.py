"""The conditions of a rule as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from voice.web.console.blueprint import blueprint
from voice.web.console.labels.choices import WEEKDAYS
from voice.web.console.labels.times import duration
from voice.web.guards import services

DIRECTIONS = {"inbound": "any inbound call", "outbound": "any outbound call"}


@blueprint.app_template_filter("rule_condition")
def rule_condition(when: Mapping[str, Any]) -> str:
    """The condition of a step, as `any inbound call, in Menu or Greeting, after 25:00`."""
    return ", ".join([DIRECTIONS.get(when.get("direction", ""), "any call"), *_parts(when)])


def _parts(when: Mapping[str, Any]) -> Iterator[str]:
    for name in ("from", "to"):
        if number := when.get(name):
            prefix = number.removesuffix("*")
            yield f"{name} {number}" if prefix == number else f"{name} a number starting with {prefix}"
    if scenes := when.get("scene"):
        yield f"in {_either(map(_scene_title, scenes))}"
    if days := when.get("weekdays"):
        yield f"on {_either(WEEKDAYS[day] for day in days)}"
    if span := when.get("between"):
        yield f"between {span.replace('-', ' and ')}"
    if "open" in when:
        yield "during opening hours" if when["open"] else "outside opening hours"
    if "lasted_seconds" in when:
        yield f"after {duration(when['lasted_seconds'])}"
    if "waited_seconds" in when:
        yield f"after {duration(when['waited_seconds'])} in the scene"


def _either(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _scene_title(name: str) -> str:
    scene = services().scenes.get(name)
    return scene.title if scene else name
