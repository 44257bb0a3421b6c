"""`flask docs`: the pages of docs/ that are generated from the code."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from voice.cli.docs_commands import commands_page
from voice.cli.docs_events import events_page
from voice.cli.docs_settings import settings_page
from voice.cli.shell import services
from voice.config import ROOT

COMMANDS_PAGE = ROOT / "docs" / "commands.md"
EVENTS_PAGE = ROOT / "docs" / "events.md"
SETTINGS_PAGE = ROOT / "docs" / "settings.md"


@click.command()
@with_appcontext
def docs() -> None:
    """Generate docs/commands.md, docs/events.md and docs/settings.md."""
    COMMANDS_PAGE.write_text(commands_page(services().commands))
    EVENTS_PAGE.write_text(events_page())
    SETTINGS_PAGE.write_text(settings_page())
    click.echo(f"Wrote {COMMANDS_PAGE.name}, {EVENTS_PAGE.name} and {SETTINGS_PAGE.name}.")
