"""The migration that lets tokens expire: what existed before goes on, for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import text

from tests.support.clients import TESTER
from voice.errors import Malformed
from voice.events import now
from voice.registry import Registry
from voice.registry.engine.database import open_database
from voice.registry.engine.migration import migrate
from voice.registry.engine.schema_version import alembic_config
from voice.registry.engine.secret import hash_secret

BEFORE = "0013"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
TOKEN = text(
    "INSERT INTO tokens (name, role, token_hash, created_at, revoked_at) VALUES (:name, :role, :hash, :at, :end)"
)
PERSON = text("INSERT INTO people (name, role, created_at) VALUES (:name, 'admin', :at)")
SESSION = text(
    "INSERT INTO sessions (session_hash, person, by_link, created_at, seen_at, address, user_agent) "
    "VALUES (:hash, 'root2', :no, :at, :at, '', '')"
)


@pytest.fixture
def old_registry(sqlite_template, tmp_path):
    """A database of the release before, with two tokens, two people and a session."""
    (tmp_path / "old.db").touch()
    url = f"sqlite:///{tmp_path / 'old.db'}"
    with open_database(url) as database:
        config = alembic_config()
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, BEFORE)
        with database.engine.begin() as connection:
            for name, end in (("nightly", None), ("Nightly", None), ("old", "2025-02-01 00:00:00")):
                row = {"name": name, "role": "viewer", "hash": hash_secret(name), "at": "2025-01-01 00:00:00"}
                connection.execute(TOKEN, {**row, "end": end})
            for name in ("root2", "Root2"):
                connection.execute(PERSON, {"name": name, "at": "2025-01-01 00:00:00"})
            row = {"hash": hash_secret("s"), "no": False, "at": "2025-01-01 00:00:00"}
            connection.execute(SESSION, row)
        migrate(database)
    registry = Registry(url)
    yield registry
    registry.close()


def test_existing_tokens_stay_valid_for_ninety_days(old_registry):
    for name in ("nightly", "Nightly"):
        left = old_registry.tokens.find_valid(name).expires_at - now()
        assert timedelta(days=89, hours=23) < left <= timedelta(days=90)
    assert old_registry.tokens.find_valid("old") is None
    assert {token.name: token.state for token in old_registry.tokens.all()}["old"] == "revoked"


def test_existing_names_stay_and_are_taken(old_registry):
    assert [one.name for one in old_registry.operators.all()] == ["Root2", "root2"]
    for name in ("ROOT2", "nightLY", "old"):
        with pytest.raises(Malformed, match="already"):
            old_registry.tokens.create(name, "viewer", TESTER)


def test_existing_sessions_were_confirmed_when_they_began(old_registry):
    years = timedelta(days=3650)
    assert old_registry.sessions.get("s", years, years).confirmed_at == LONG_AGO
