"""The generated pages of docs/ match the code."""

from __future__ import annotations

from voice.cli.docs import COMMANDS_PAGE, EVENTS_PAGE, SETTINGS_PAGE
from voice.cli.docs_commands import commands_page
from voice.cli.docs_events import events_page
from voice.cli.docs_settings import settings_page
from voice.commands import all_commands
from voice.control.base import GROUPS
from voice.event_kinds import EVENT_KINDS


def test_the_commands_page_matches_the_catalogue():
    assert COMMANDS_PAGE.read_text() == commands_page(all_commands()), "run: flask docs"


def test_each_command_has_one_row():
    assert {kind.group for kind in all_commands().values()} == set(GROUPS)
    page = commands_page(all_commands())
    assert [name for name in all_commands() if page.count(f"\n| `{name}` | ") != 1] == []


def test_the_events_page_matches_the_table_of_kinds():
    assert EVENTS_PAGE.read_text() == events_page(), "run: flask docs"


def test_each_event_kind_has_one_row():
    page = events_page()
    assert [name for name in EVENT_KINDS if page.count(f"\n| `{name}` | ") != 1] == []


def test_the_settings_page_matches_the_table_of_settings():
    assert SETTINGS_PAGE.read_text() == settings_page(), "run: flask docs"
