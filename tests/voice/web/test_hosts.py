"""Which Host headers are served, and that no redirect is made from one."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.clients import ADMIN_TOKEN, PUBLIC_URL, form, new_call_sid, settings
from tests.support.signing import signed_headers
from voice import create_app

FOREIGN = [
    "evil.example",
    "calls.example.com.evil.example",
    "evil.example:443",
    "",
    "[::1",
    "localhost.evil.example",
]
SERVED = [
    "calls.example.com",
    "CALLS.example.com:8443",
    "localhost:8000",
    "127.0.0.1",
    "[::1]:8000",
    "desk.internal",
]
TOKEN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


@pytest.fixture
def hosted(sqlite_url, tmp_path) -> Flask:
    """An app that is also reached by another name."""
    given = settings(
        DATABASE_URL=sqlite_url, SPOOL_DIR=str(tmp_path / "spool"), ALLOWED_HOSTS="desk.internal"
    )
    return create_app(given, dotenv=None)


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/console/sign-in", "/admin/calls", "/static/console/base.css", "/nowhere"])
def test_a_foreign_host_is_refused(hosted, host, path):
    answer = hosted.test_client().get(path, headers={**TOKEN, "Host": host})
    assert answer.status_code == 400


@pytest.mark.parametrize("host", SERVED)
def test_the_hosts_of_this_app_are_served(hosted, host):
    assert hosted.test_client().get("/admin/calls", headers={**TOKEN, "Host": host}).status_code == 200


def test_a_health_check_by_address_is_answered(hosted):
    assert hosted.test_client().get("/healthz", headers={"Host": "10.1.2.3"}).status_code == 200


def test_a_signed_webhook_is_answered_whatever_host_a_proxy_names(hosted):
    fields = form(new_call_sid())
    headers = {**signed_headers(f"{PUBLIC_URL}/voice/incoming", fields), "Host": "web:8000"}
    assert hosted.test_client().post("/voice/incoming", data=fields, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path", ["/console//sign-in", "//evil.example/console/", "/console//", "/admin//calls"]
)
def test_a_doubled_slash_leads_nowhere_else(hosted, path):
    answer = hosted.test_client().get(path, headers={"Host": "localhost"})
    location = answer.headers.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith("//")


def test_headers_of_a_proxy_change_no_address(hosted):
    sent = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "/evil"}
    answer = hosted.test_client().get("/console/", headers={"Host": "localhost", **sent})
    assert "evil" not in answer.headers.get("Location", "") + answer.text
