"""The database: commits are on disk, failures raise RegistryUnavailable, and connections recover."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import text

from tests.support.clients import TESTER
from tests.support.ports import free_port
from voice.errors import RegistryUnavailable
from voice.registry import Registry
from voice.registry.engine.database import open_database


def test_sqlite_waits_for_the_disk_at_each_commit(sqlite_url):
    with open_database(sqlite_url) as database:
        assert database.read(lambda c: c.execute(text("PRAGMA synchronous")).scalar()) == 2
        assert database.read(lambda c: c.execute(text("PRAGMA journal_mode")).scalar()) == "wal"


def test_a_transaction_that_raises_changes_nothing(registry):
    def work(connection):
        connection.execute(text("UPDATE feed SET last_id = 99"))
        raise KeyError("half done")

    with pytest.raises(KeyError):
        registry.database.write(work)
    assert registry.events.last_id() == 0


def closed_port(_folder):
    """A PostgreSQL URL at which no server listens."""
    return f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/midcall"


def other_file(folder):
    """A SQLite URL of a file that is no database."""
    (folder / "file").write_text("this is no database")
    return f"sqlite:///{folder}/file"


@pytest.mark.parametrize("url", [closed_port, other_file])
def test_an_unreachable_database_raises_registry_unavailable(url, tmp_path):
    registry = Registry(url(tmp_path))
    with pytest.raises(RegistryUnavailable):
        registry.events.last_id()
    assert registry.problem()


def test_the_problem_of_an_empty_database_names_flask_migrate(tmp_path):
    registry = Registry(f"sqlite:///{tmp_path}/empty.db")
    assert "flask migrate" in registry.problem()
    with pytest.raises(RegistryUnavailable):
        registry.events.last_id()


def test_reads_succeed_again_after_a_restart_of_postgresql(postgresql, postgresql_url):
    registry = Registry(postgresql_url)
    assert registry.events.last_id() == 0
    postgresql.stop(signal.SIGQUIT)
    with pytest.raises(RegistryUnavailable):
        registry.events.last_id()
    postgresql.start()
    assert registry.events.last_id() == 0
    registry.close()


def test_other_greenlets_run_while_a_write_waits_for_a_lock(sqlite_url):
    """A greenlet of the same thread holds the lock, so the wait would never end if it did not run."""
    script = """if True:
        from gevent import monkey; monkey.patch_all()
        import sqlite3, sys, gevent
        from voice.registry import Registry
        registry, other = Registry(sys.argv[1]), sqlite3.connect(sys.argv[1][10:], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        gevent.spawn(other.execute, "COMMIT")
        registry.database.write(lambda connection: None)
    """
    subprocess.run([sys.executable, "-c", script, sqlite_url], check=True, timeout=60)


def test_a_patient_write_waits_until_a_lock_is_released(sqlite_url):
    registry, path = Registry(sqlite_url), sqlite_url.removeprefix("sqlite:///")
    with sqlite3.connect(path, isolation_level=None, check_same_thread=False) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.4, lambda: other.execute("COMMIT")).start()
        registry.tokens.create("ann", "viewer", TESTER)
    assert [token.name for token in registry.tokens.all()] == ["ann"]
    registry.close()
