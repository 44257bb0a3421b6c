"""The data folder is away: no process creates an empty database in its place. `flask migrate` creates a new one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.clients import PUBLIC_URL, Twilio, settings
from tests.support.ports import free_port
from voice import create_app
from voice.errors import RegistryUnavailable
from voice.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
FLASK = (sys.executable, "-m", "flask", "--app", "app")
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "app:app")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a process of Midcall whose database is in the folder."""
    given = settings(
        DATABASE_URL=f"sqlite:///{folder}/midcall.db",
        SPOOL_DIR=str(folder.parent / "spool"),
        PORT=str(free_port()),
    )
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", [(*FLASK, "worker"), GUNICORN])
@pytest.mark.parametrize("exists", [False, True], ids=["no folder", "empty folder"])
def test_web_and_worker_do_not_start_without_the_database(tmp_path, command, exists):
    folder = tmp_path / "data"
    if exists:
        folder.mkdir()  # the mount point of a disk that is not mounted
    done = run(folder, *command)
    assert done.returncode != 0
    assert f"DATABASE_URL leads to {folder}/midcall.db, which does not exist. Mount the disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.rglob("midcall.db*")) == []


def test_flask_migrate_creates_the_database_with_its_folder(tmp_path):
    done = run(tmp_path / "new" / "data", *FLASK, "migrate")
    assert done.returncode == 0, done.stderr
    registry = Registry(f"sqlite:///{tmp_path}/new/data/midcall.db")
    assert registry.problem() is None
    registry.close()


def test_a_process_that_runs_creates_no_database_and_goes_on_once_it_is_back(sqlite_url, tmp_path):
    """A web worker that gunicorn starts anew serves callers from the spool."""
    file, away = tmp_path / "midcall.db", tmp_path / "away.db"
    file.rename(away)
    app = create_app(settings(DATABASE_URL=sqlite_url, SPOOL_DIR=str(tmp_path / "spool")), dotenv=None)
    services = app.extensions["midcall"]
    call_sid = Twilio(app.test_client(), PUBLIC_URL).calls()
    assert not file.exists()
    assert "flask migrate" in services.registry.problem()
    with pytest.raises(RegistryUnavailable):
        services.registry.events.last_id()
    away.rename(file)
    while services.recorder.spool.waiting:
        services.recorder.spool.drain(services.registry.record)
    assert services.registry.calls.get(call_sid).live
    services.close()
