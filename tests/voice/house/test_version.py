"""The version of each distribution is the newest section of its changelog."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.support.imports import ROOT


@pytest.mark.parametrize(
    ("project", "changelog"),
    [
        ("pyproject.toml", "CHANGES.md"),
        ("midcall_emulator/pyproject.toml", "midcall_emulator/CHANGELOG.md"),
    ],
)
def test_version_is_the_newest_section_of_the_changelog(project, changelog):
    version = tomllib.loads((ROOT / project).read_text())["project"]["version"]
    sections = re.findall(r"^## (\S+)", (ROOT / changelog).read_text(), re.MULTILINE)
    assert sections[0] == version
