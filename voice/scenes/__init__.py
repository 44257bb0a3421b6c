"""Scenes: what callers hear. A scene is a function that builds TwiML, and a URL that Twilio can be redirected to.

To add a scene, write a module here with a function under `@scene(...)`.
"""

from __future__ import annotations

import sys

from voice.catalogue import Catalogue, read
from voice.scenes.scene import Params, Scene, SceneName, scene
from voice.scenes.visit import Visit

__all__ = ["Params", "Scene", "SceneName", "Visit", "all_scenes", "scene"]


def all_scenes() -> Catalogue[Scene]:
    """The catalogue of scenes, by name."""
    return read(sys.modules[__name__], lambda thing: isinstance(thing, Scene))
