"""No module imports itself through others. Imports in functions and under TYPE_CHECKING count."""

from __future__ import annotations

import pytest

from tests.support.imports import cycles, module_graph


@pytest.mark.parametrize("package", ["voice", "midcall_emulator"])
def test_modules_import_one_another_in_one_direction(package):
    assert cycles(module_graph(package)) == []
