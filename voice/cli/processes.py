"""`flask migrate` and `flask worker`: what the Procfile runs beside the web server."""

from __future__ import annotations

import logging
import os
import sys

import click
from flask.cli import with_appcontext
from gevent import monkey

from voice.cli.output import services, tells_errors
from voice.registry.engine.migration import migrate as migrate_database
from voice.worker.loop import Worker

_UNDER_GEVENT = (sys.executable, "-m", "gevent.monkey", "--module", "flask")


@click.command()
@with_appcontext
@tells_errors
def migrate() -> None:
    """Bring the database to the schema of this release."""
    database = services().registry.database
    click.echo(
        f"schema {migrate_database(database, lambda revision: click.echo(f'migrating to {revision}…'))}"
    )


@click.command()
@with_appcontext
def worker() -> None:
    """Run the worker: spool, commands without an outcome, quiet calls, plans, rules, bulk runs."""
    if not monkey.is_module_patched("threading"):  # greenlets, as in a web worker: see docs/decisions.md
        os.execv(sys.executable, [*_UNDER_GEVENT, *sys.argv[1:]])
    logging.basicConfig(
        level=services().config["LOG_LEVEL"].upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    Worker(services()).run()


ALL = (migrate, worker)
