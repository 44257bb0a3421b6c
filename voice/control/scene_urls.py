"""URLs of scenes, as commands send callers there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from voice.control.call_services import CallServices
from voice.scenes.scene import Scene
from voice.scenes.visit import STORED, scene_url
from voice.validation import invalid, validate

LONGEST_URL = 4000  # characters: Twilio documents this bound for status callbacks, and none for other URLs
LONGEST_TEXT = 300  # characters of a percent-encoded text that travels in a URL


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
    """The URL of the scene with its parameters, and with the command that leads there, if there is one.

    A longer text is stored, and the URL carries its id: no page says how long a URL may be that Twilio requests.
    """
    values = services.scenes[name].params.model_validate(dict(params)).model_dump(exclude_unset=True)
    texts = {name: value for name, value in values.items() if name != "back" and _is_long(value)}
    if texts:
        params_id = services.registry.scene_params.store(texts, command_id)
        values = {name: value for name, value in values.items() if name not in texts} | {STORED: params_id}
    url = scene_url(services.config, name, values, command_id)
    if len(url) > LONGEST_URL:
        message = (
            f"Shorten the text: its URL has {len(url):,} characters, and Twilio accepts {LONGEST_URL:,}."
        )
        raise invalid([{"field": "", "message": message}])
    return url


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and len(quote_plus(value)) > LONGEST_TEXT
