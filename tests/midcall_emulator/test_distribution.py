"""The metadata of the distribution agrees with the package."""

from __future__ import annotations

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import midcall_emulator

FOLDER = Path(midcall_emulator.__file__).parent
PROJECT = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]
ENTRY_POINTS = PROJECT["scripts"] | PROJECT["entry-points"]["pytest11"]


@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_every_entry_point_resolves(name: str) -> None:
    assert EntryPoint(name, ENTRY_POINTS[name], "").load()


def test_the_plugin_registers_under_its_module_name() -> None:
    # pytest refuses a plugin that a conftest.py lists in pytest_plugins and that has another name as an entry point.
    assert {name: name for name in PROJECT["entry-points"]["pytest11"]} == PROJECT["entry-points"]["pytest11"]


def test_the_pinned_versions_satisfy_the_dependencies() -> None:
    lines = (FOLDER / "requirements.txt").read_text().splitlines()
    pinned = {pin.name: pin for pin in map(Requirement, lines)}
    required = {requirement.name: requirement for requirement in map(Requirement, PROJECT["dependencies"])}
    assert pinned.keys() == required.keys()
    for name, pin in pinned.items():
        [specifier] = pin.specifier
        assert specifier.operator == "=="
        assert specifier.version in required[name].specifier


def test_the_changelog_begins_with_the_version() -> None:
    [first, *_] = [line for line in (FOLDER / "CHANGELOG.md").read_text().splitlines() if line[:3] == "## "]
    assert first.split()[1] == PROJECT["version"]
