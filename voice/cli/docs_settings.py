"""docs/settings.md: every setting, in a table for each section."""

from __future__ import annotations

from collections.abc import Sequence

from voice.cli.markdown import table
from voice.config import ROOT, SECTIONS, Setting

COLUMNS = ("Name", "Default", "Meaning", "Example")
HEAD = """\
# Settings

`flask docs` generates this page from `voice/config.py`, and a test compares the two. Midcall reads settings from the
environment and from `.env`. The environment wins. If a setting is missing or malformed, the start stops with one line
that names the setting and shows an example.
"""


def settings_page() -> str:
    """The page, in Markdown."""
    return "\n".join([HEAD, *(_section(title, settings) for title, settings in SECTIONS.items())])


def _section(title: str, settings: Sequence[Setting]) -> str:
    return f"## {title}\n\n{table(COLUMNS, map(_row, settings))}"


def _row(setting: Setting) -> Sequence[str]:
    return f"`{setting.name}`", _default(setting), setting.meaning, setting.example


def _default(setting: Setting) -> str:
    """The default, with paths from the root of the project."""
    if setting.default is None:
        return "required"
    return f"`{setting.default.replace(f'{ROOT}/', '')}`" if setting.default else "\u2013"
