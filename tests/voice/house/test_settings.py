"""Each setting is documented, and each required setting has a line in .env.example."""

from __future__ import annotations

import re

import pytest

from tests.support.imports import ROOT
from voice.config import SETTINGS


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_each_setting_has_a_row_in_the_settings_page(name):
    rows = [line for line in (ROOT / "docs" / "settings.md").read_text().splitlines() if line.startswith("|")]
    assert any(f"`{name}`" in row.split("|")[1] for row in rows), f"docs/settings.md has no row for {name}"


@pytest.mark.parametrize(
    "setting", [setting for setting in SETTINGS if setting.default is None], ids=lambda setting: setting.name
)
def test_each_required_setting_has_a_line_in_the_example(setting):
    assert re.search(rf"^{setting.name}=", (ROOT / ".env.example").read_text(), re.MULTILINE)
