"""All tables, a module for each noun. A change here needs a migration beside it; a test compares the two."""

from importlib import import_module
from pkgutil import iter_modules

from voice.registry.schema.columns import metadata

__all__ = ["metadata"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
