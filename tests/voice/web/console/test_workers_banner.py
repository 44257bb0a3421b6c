"""Every page warns while no worker is running."""

from __future__ import annotations

import pytest

from voice.registry.schema.workers import workers

WARNING = "No worker is running."


@pytest.mark.parametrize("page", ["/console/", "/console/history", "/console/workers/banner"])
def test_pages_warn_while_no_worker_is_running(operator_browser, registry, page):
    assert WARNING in operator_browser.get(page).text
    registry.workers.beat("one", "a.example")
    assert WARNING not in operator_browser.get(page).text


def test_the_banner_needs_a_sign_in(app):
    assert app.test_client().get("/console/workers/banner").status_code in (302, 303, 401, 403)


def test_without_the_database_pages_do_not_claim_that_no_worker_is_running(operator_browser, registry):
    registry.database.write(workers.drop)
    page = operator_browser.get("/console/")
    assert (page.status_code, WARNING in page.text) == (200, False)
