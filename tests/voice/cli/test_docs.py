"""The pages that are made from the catalogues are as the code is."""

from __future__ import annotations

from voice.cli.docs import COMMANDS_PAGE, commands_page
from voice.commands import all_commands
from voice.control.base import GROUPS


def test_the_page_of_commands_is_as_the_catalogue_is():
    assert COMMANDS_PAGE.read_text() == commands_page(all_commands()), "run: flask docs"


def test_each_command_has_a_row_in_one_of_the_groups():
    assert {kind.group for kind in all_commands().values()} == set(GROUPS)
    page = commands_page(all_commands())
    assert [name for name in all_commands() if page.count(f"\n| `{name}` | ") != 1] == []
