"""`flask migrate` and `flask worker`: the processes of the Procfile beside the web server."""

from __future__ import annotations

import logging
import os
import sys

import click
from flask.cli import with_appcontext
from gevent import monkey

from voice.cli.shell import handle_errors, services
from voice.registry.engine.migration import migrate as migrate_database
from voice.worker.loop import Worker

_UNDER_GEVENT = (sys.executable, "-m", "gevent.monkey", "--module", "flask")


@click.command()
@with_appcontext
@handle_errors
def migrate() -> None:
    """Migrate the database to the schema of this release."""
    revision = migrate_database(services().registry.database, _report)
    click.echo(f"schema {revision}")


@click.command()
@with_appcontext
@handle_errors
def worker() -> None:
    """Run the worker: spool, unsettled commands, quiet calls, plans, rules, bulk runs, emergency stop."""
    services().registry.database.require_file()
    if not monkey.is_module_patched("threading"):  # greenlets, as in a web worker; see docs/decisions.md
        os.execv(sys.executable, [*_UNDER_GEVENT, *sys.argv[1:]])
    logging.basicConfig(
        level=services().config["LOG_LEVEL"].upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    Worker(services()).run()


def _report(revision: str) -> None:
    click.echo(f"migrating to {revision}…")


ALL = (migrate, worker)
