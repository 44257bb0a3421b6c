"""URLs of scenes, as commands send callers there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voice.control.call_services import CallServices
from voice.scenes.scene import Scene
from voice.scenes.visit import scene_url
from voice.validation import invalid, validate

LONGEST_URL = 4000  # characters that Twilio accepts


def find_scene(services: CallServices, name: str, params: Mapping[str, Any]) -> Scene:
    """The scene, its parameters checked. Raises ArgumentsRefused."""
    scene = services.scenes.get(name)
    if scene is None:
        message = f"There is no scene {name!r}. Choose one of: {', '.join(services.scenes)}."
        raise invalid([{"field": "scene", "message": message}])
    validate(scene.params, params, where="params.")
    return scene


def url_of_scene(
    services: CallServices, name: str, params: Mapping[str, Any], command_id: int | None = None
) -> str:
    """The URL of the scene with its parameters, and with the command that leads there, if there is one."""
    values = services.scenes[name].params.model_validate(dict(params))
    url = scene_url(services.config, name, values.model_dump(exclude_unset=True), command_id)
    if len(url) > LONGEST_URL:
        message = (
            f"Shorten the text: its URL has {len(url):,} characters, and Twilio accepts {LONGEST_URL:,}."
        )
        raise invalid([{"field": "", "message": message}])
    return url
