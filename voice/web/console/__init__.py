"""The console: the pages that operators look at all day. Each module here is one page; docs/console.md."""

from __future__ import annotations

import importlib
import pkgutil

from voice.web.console.page import NAVIGATION, blueprint

__all__ = ["blueprint"]

for _found in pkgutil.iter_modules(__path__):
    _page = importlib.import_module(f"{__name__}.{_found.name}")
    if hasattr(_page, "ENTRY"):
        NAVIGATION.append(_page.ENTRY)
NAVIGATION.sort(key=lambda entry: entry.place)
