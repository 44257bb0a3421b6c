"""The console: the pages that operators work with. docs/console.md describes how to add a page."""

from __future__ import annotations

import importlib
import pkgutil

from voice.web.console.blueprint import NAVIGATION, blueprint

__all__ = ["blueprint"]

for _found in pkgutil.walk_packages(__path__, f"{__name__}."):
    _module = importlib.import_module(_found.name)
    if hasattr(_module, "ENTRY"):
        NAVIGATION.append(_module.ENTRY)
NAVIGATION.sort(key=lambda entry: entry.position)
