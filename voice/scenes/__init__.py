"""Scenes: what callers hear. Each is a function that builds TwiML, and each is a redirect-target URL.

Write one file here with one function under `@scene(...)`, and everything else follows from the catalogue.
"""

from __future__ import annotations

import sys

from voice.catalogue import Catalogue, read
from voice.scenes.scene import Params, Scene, Visit, scene

__all__ = ["Params", "Scene", "Visit", "all_scenes", "scene"]


def all_scenes() -> Catalogue[Scene]:
    """The catalogue of scenes, by name."""
    return read(sys.modules[__name__], lambda thing: isinstance(thing, Scene))
