"""Liveness, and what `/readyz` says about the parts that are degraded."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.support.spooled_events import numbered_event
from voice.services import Services


def degraded(app: Flask) -> dict[str, Any]:
    """The degraded parts, by name. The status is 200 in any case."""
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json["degraded"]
    assert answer.json["status"] == ("degraded" if found else "ready")
    return found


def test_the_process_is_alive(sqlite_app):
    answer = sqlite_app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_readyz_reports_events_in_the_spool_until_they_are_recorded(sqlite_app):
    services: Services = sqlite_app.extensions["midcall"]
    assert {"spool", "database"}.isdisjoint(degraded(sqlite_app))
    services.recorder.spool.append(*numbered_event(1))
    assert "wait in the spool" in degraded(sqlite_app)["spool"]
    assert "database" not in degraded(sqlite_app)
    services.recorder.spool.drain(services.registry.events.record)
    assert "spool" not in degraded(sqlite_app)


def test_readyz_reports_that_no_worker_is_running(sqlite_app):
    services: Services = sqlite_app.extensions["midcall"]
    assert set(degraded(sqlite_app)) == {"worker"}
    services.registry.workers.beat("one", "a.example")
    assert degraded(sqlite_app) == {}
    services.registry.workers.leave("one")
    assert set(degraded(sqlite_app)) == {"worker"}


def test_readyz_reports_a_database_that_cannot_be_used(sqlite_app):
    services: Services = sqlite_app.extensions["midcall"]
    services.registry.database.write(
        lambda connection: connection.exec_driver_sql("DELETE FROM alembic_version")
    )
    assert "database" in degraded(sqlite_app)
    assert "spool" not in degraded(sqlite_app)
