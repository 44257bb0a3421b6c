"""The lists of the mutation tests name what exists."""

from __future__ import annotations

import tomllib

import pytest

from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.selection import read_modules, select
from tests.support.imports import ROOT

MODULES = read_modules()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_and_its_tests_exist(module):
    assert (ROOT / module).is_file()
    assert MODULES[module]
    for test in MODULES[module]:
        file, _, name = test.partition("::")
        assert (ROOT / file).exists(), test
        assert not name or f"def {name}(" in (ROOT / file).read_text(), test


def test_an_equivalent_mutant_has_a_reason_and_changes_a_line_that_is_there():
    for module, entries in tomllib.loads(EQUIVALENT.read_text()).items():
        assert module in MODULES
        source = (ROOT / module).read_text()
        for entry in entries:
            assert entry["reason"].endswith("."), entry
            assert f"def {entry['function'].rpartition('.')[2]}(" in source, entry
            removed = [line[1:].strip() for line in entry["change"].splitlines() if line.startswith("-")]
            assert removed, entry
            assert all(line in source for line in removed), entry


def test_modules_are_chosen_by_name_and_by_folder():
    assert select(MODULES, []) == list(MODULES)
    assert select(MODULES, ["voice/web/guards.py"]) == ["voice/web/guards.py"]
    in_folder = select(MODULES, ["voice/operators/"])
    assert in_folder == [module for module in MODULES if module.startswith("voice/operators/")]
    with pytest.raises(SystemExit, match="names no module"):
        select(MODULES, ["voice/oper"])
