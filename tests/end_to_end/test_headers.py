"""Headers that a client sends to the shipped web server do not change how a request is read."""

from __future__ import annotations

import pytest
import requests


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "PATH_INFO", "REMOTE_USER"])
def test_a_header_named_like_a_variable_of_the_server_is_not_trusted(running, name):
    answer = requests.get(f"{running.url}/healthz", headers={name: "/elsewhere"}, timeout=10)
    assert answer.json()["status"] == "alive"


def test_a_forwarded_scheme_is_not_trusted(running):
    answer = requests.get(
        f"{running.url}/console/", headers={"X-Forwarded-Proto": "https"}, timeout=10, allow_redirects=False
    )
    assert answer.headers["Location"].startswith("/console/sign-in")
