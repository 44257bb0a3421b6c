"""Fixtures of the app: databases, an app on each of them, and its clients.

A conftest imports all of them with `from tests.support.fixtures import *`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask

from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import Settings
from tests.support import database_clock, quick_hashes, url_builders  # noqa: F401 (each changes one thing for all tests)
from tests.support.clients import ADMIN_TOKEN, PUBLIC_URL, Operator, Twilio, settings
from tests.support.postgres import PostgreSQL, find_binaries
from tests.support.skips import left_out
from voice import create_app
from voice.registry import Registry
from voice.registry.engine.database import open_database
from voice.registry.engine.migration import migrate
from voice.services import Services

DATABASES = ("sqlite", "postgresql")
DATABASES_OF_STACKS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server for this test session, started from its binaries."""
    binaries = find_binaries()
    if binaries is None:
        left_out("PostgreSQL: its binaries (initdb, postgres) are not installed")
    with PostgreSQL(binaries) as server:
        with open_database(server.url("template_midcall")) as database:
            migrate(database)
        yield server


@cache
def empty_sqlite_registry() -> bytes:
    """The file of an empty SQLite registry. A process migrates once, however many test sessions it runs or forks."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        with open_database(f"sqlite:///{path}") as database:
            migrate(database)
        return path.read_bytes()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite registry. Each test copies it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    path.write_bytes(empty_sqlite_registry())
    path.chmod(0o600)  # as Midcall creates it
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty registry in a SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "midcall.db")
    return f"sqlite:///{tmp_path}/midcall.db"


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL) -> Iterator[str]:
    """An empty registry in PostgreSQL."""
    with postgresql.database() as url:
        yield url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty registry for each test, once on each database."""
    return request.getfixturevalue(f"{request.param}_url")


@contextmanager
def registry_url(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """An empty registry on the database that `request.param` names, for fixtures of a wide scope."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "midcall.db")
        yield f"sqlite:///{folder}/midcall.db"
    else:
        with request.getfixturevalue("postgresql").database() as url:
            yield url


@contextmanager
def app_on(database_url: str, spool: Path, **changed: str) -> Iterator[Flask]:
    """The web app on a database, with changed settings, closed at the end."""
    app = create_app(settings(DATABASE_URL=database_url, SPOOL_DIR=str(spool), **changed), dotenv=None)
    yield app
    app.extensions["midcall"].close()


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The web app on an empty registry, once on each database."""
    with app_on(database_url, tmp_path / "spool") as app:
        yield app


@pytest.fixture
def sqlite_app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The web app on an empty registry in SQLite, for tests that do not depend on the kind of database."""
    with app_on(sqlite_url, tmp_path / "spool") as app:
        yield app


@pytest.fixture
def services(app: Flask) -> Services:
    """The services of the app."""
    return app.extensions["midcall"]


@pytest.fixture
def registry(services: Services) -> Registry:
    """The registry of the app."""
    return services.registry


@pytest.fixture
def twilio(app: Flask) -> Twilio:
    """Twilio, as a sender of signed webhooks."""
    return Twilio(app.test_client(), PUBLIC_URL)


@pytest.fixture
def admin(app: Flask) -> Operator:
    """An operator with the admin role."""
    return Operator(app.test_client(), ADMIN_TOKEN)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """An emulator that runs in real time, in this process, for all tests of a module."""
    switches = {"set": os.environ.get("EMULATOR_SWITCHES", "strict")}
    with Background(Settings(port=0, switches=switches)) as url:
        yield Emulator(url)
