"""The order of the emulator's layers. Every import counts, those under TYPE_CHECKING and inside functions as well."""

from __future__ import annotations

from pathlib import Path

import midcall_emulator
from tests.support.imports import cycles, module_graph, upward_imports

LAYERS = (  # lowest first: an import goes to a lower layer or stays in its part
    {"switches"},
    {"core"},
    {"wire"},
    {"media"},
    {"payments", "calls", "conferences", "queues"},
    {"twiml"},
    {"rest", "control"},
    {"settings"},
    {"world"},  # composes what the layers below offer; they know of it what their protocols name
    {"server", "wsgi", "options"},
    {"client"},
    {"load", "pytest_plugin", "verify"},
    {"__main__", "__init__"},
)
MOST_MODULES_IN_THE_ROOT = 12
GRAPH = module_graph("midcall_emulator")


def test_imports_go_to_lower_layers() -> None:
    assert upward_imports(GRAPH, LAYERS) == []


def test_no_modules_import_one_another() -> None:
    assert cycles(GRAPH) == []


def test_the_root_has_few_modules() -> None:
    folder = Path(midcall_emulator.__file__).parent
    assert len(list(folder.glob("*.py"))) <= MOST_MODULES_IN_THE_ROOT
