"""Security headers of every answer: pages, the API, files, webhooks and errors."""

from __future__ import annotations

import pytest

from tests.support.clients import settings
from voice import create_app

PATHS = [
    "/static/console/icon.svg", "/bootstrap/static/css/bootstrap.min.css", "/console/sign-in", "/admin/calls",
    "/healthz", "/nowhere", "/voice/incoming",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("public_url", ["https://calls.example.com", "http://calls.example.com"])
def test_browsers_guess_no_type_and_stay_with_https(sqlite_url, tmp_path, public_url, path):
    given = settings(PUBLIC_URL=public_url, DATABASE_URL=sqlite_url, SPOOL_DIR=str(tmp_path))
    headers = create_app(given, dotenv=None).test_client().get(path, base_url=public_url).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    hsts = headers.get("Strict-Transport-Security")
    assert hsts == ("max-age=31536000" if public_url.startswith("https:") else None)
