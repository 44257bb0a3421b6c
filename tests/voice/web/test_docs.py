"""The API docs page in a browser."""

from __future__ import annotations

import re


def test_the_challenge_is_basic_for_a_browser_and_bearer_for_a_program(app):
    client = app.test_client()
    browser = client.get("/admin/docs", headers={"Accept": "text/html,*/*"})
    assert (browser.status_code, browser.headers["WWW-Authenticate"]) == (401, 'Basic realm="Midcall"')
    assert client.get("/admin/docs").headers["WWW-Authenticate"] == 'Bearer realm="Midcall"'


def test_the_page_names_every_path_and_no_other_host(admin):
    page, document = admin.get("/docs").text, admin.get("/openapi.json").json
    assert all(f"<code>{path}</code>" in page for path in document["paths"])
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)


def test_answers_are_not_cached_by_a_browser(admin):
    headers = admin.get("/calls").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
