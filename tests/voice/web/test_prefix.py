"""A path prefix in PUBLIC_URL, behind a proxy that passes the prefix on and one that removes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from flask import Flask

from tests.support.clients import ADMIN_TOKEN, form, new_call_sid, settings
from tests.support.signing import signed_headers
from voice import create_app

PUBLIC_URL = "https://example.com/phones/calls"
BEARER = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


@pytest.fixture(params=["", "/phones/calls"], ids=["removed", "passed on"])
def seen(request: pytest.FixtureRequest) -> str:
    """The part of the prefix that reaches the app."""
    return request.param


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The app behind a proxy."""
    path = tmp_path / "midcall.db"
    path.write_bytes(sqlite_template.read_bytes())
    given = settings(
        PUBLIC_URL=PUBLIC_URL, DATABASE_URL=f"sqlite:///{path}", SPOOL_DIR=str(tmp_path / "spool")
    )
    app = create_app(given, dotenv=None)
    yield app
    app.extensions["midcall"].close()


def webhook(app: Flask, seen: str, path: str, **fields: Any) -> Any:
    """Send a webhook for PUBLIC_URL, as it arrives at the app."""
    call = form(new_call_sid(), **fields)
    headers = signed_headers(PUBLIC_URL + path, call)
    mime = "application/x-www-form-urlencoded"
    return app.test_client().post(seen + path, data=urlencode(call), headers=headers, content_type=mime)


def test_webhooks_answer_with_public_urls(app, seen):
    answer = webhook(app, seen, "/voice/incoming")
    assert answer.status_code == 200
    assert ElementTree.fromstring(answer.text).find("Redirect").text == f"{PUBLIC_URL}/voice/scenes/menu"


def test_the_scene_url_of_a_call_is_the_public_url(app, seen):
    answer = webhook(app, seen, "/voice/scenes/announcement?text=a%20b+c&then=menu", CallStatus="in-progress")
    assert answer.status_code == 200
    (call,), _ = app.extensions["midcall"].registry.calls.find(query())
    assert call.scene_url == f"{PUBLIC_URL}/voice/scenes/announcement?text=a%20b+c&then=menu"


def query() -> Any:
    from voice.registry import CallQuery

    return CallQuery()


def test_a_signature_for_another_prefix_is_refused(app, seen):
    call = form(new_call_sid())
    headers = signed_headers("https://example.com/voice/incoming", call)
    answer = app.test_client().post(f"{seen}/voice/incoming", data=call, headers=headers)
    assert answer.status_code == 403


def test_health_routes_and_the_admin_api_are_reachable(app, seen):
    client = app.test_client()
    assert client.get(f"{seen}/healthz").status_code == 200
    assert client.get(f"{seen}/readyz").status_code == 200
    assert client.get(f"{seen}/admin/calls", headers=BEARER).json == {"calls": [], "next": None}
    assert client.get(f"{seen}/admin/calls").status_code == 401
    document = client.get(f"{seen}/admin/openapi.json", headers=BEARER).json
    assert document["servers"] == [{"url": PUBLIC_URL}]


def test_links_of_a_page_have_the_prefix(app, seen):
    page = app.test_client().get(f"{seen}/admin/docs", headers=BEARER).text
    assert 'href="/phones/calls/static/docs.css"' in page
    assert 'href="/phones/calls/admin/openapi.json"' in page


def test_a_path_that_only_looks_like_the_prefix_is_not_found(app):
    client = app.test_client()
    for path in (
        "/phones/callsvoice/incoming",
        "/phones/voice/incoming",
        "/phones/calls/phones/calls/healthz",
    ):
        assert client.post(path).status_code in (404, 405), path
    assert client.get("/phones/callshealthz").status_code == 404


def test_an_unknown_path_below_the_prefix_is_a_json_error(app, seen):
    answer = app.test_client().get(f"{seen}/nowhere")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")
