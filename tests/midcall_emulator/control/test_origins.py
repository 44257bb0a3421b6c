"""Requests from pages of other origins are refused; the phone page and programs are served."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import ACCOUNT, Settings


def request_status(url: str, method: str, path: str, **headers: str) -> int:
    where = urlsplit(url)
    line = HTTPConnection(where.hostname or "", where.port, timeout=10)
    line.request(method, path, headers=headers)
    status = line.getresponse().status
    line.close()
    return status


@pytest.fixture
def port(emulator_url: str) -> int:
    return urlsplit(emulator_url).port or 0


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://127.0.0.1", "http://127.0.0.1:{port}.evil.example", "http://localhost:{port}",
     "https://127.0.0.1:1", "null", ""],
)  # fmt: skip
@pytest.mark.parametrize(
    "what", ["POST /_emulator/reset", "PUT /_emulator/people", f"DELETE /2010-04-01/{ACCOUNT}"]
)
def test_requests_from_another_origin_are_refused(
    twilio: Emulator, emulator_url: str, port: int, origin: str, what: str
) -> None:
    twilio.everybody("busy")
    assert request_status(emulator_url, *what.split(), Origin=origin.format(port=port)) == 403
    assert twilio.request("GET", "/people")["everybody"]["behaviour"] == "busy"


def test_a_foreign_name_for_this_machine_is_another_origin(emulator_url: str, port: int) -> None:
    mine, theirs = f"localhost:{port}", f"evil.example:{port}"
    assert (
        request_status(emulator_url, "POST", "/_emulator/settle", Host=mine, Origin=f"http://{mine}") == 200
    )
    assert (
        request_status(emulator_url, "POST", "/_emulator/settle", Host=theirs, Origin=f"http://{theirs}")
        == 403
    )


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "[::1"])
@pytest.mark.parametrize("path", ["/_emulator/calls", f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", "/"])
def test_a_name_that_a_site_rebound_to_this_machine_reads_nothing(
    emulator_url: str, port: int, host: str, path: str
) -> None:
    assert request_status(emulator_url, "GET", path, Host=host.format(port=port)) in (400, 403)
    assert request_status(emulator_url, "GET", "/_emulator/calls", Host=f"localhost:{port}") == 200


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_json_nested_too_deep_is_a_bad_request(emulator_url: str, text: str) -> None:
    for path in ("/_emulator/calls", "/_emulator/faults", "/_emulator/clock"):
        response = requests.post(emulator_url + path, data=text, timeout=20)
        assert response.status_code == 400, path


def test_the_own_page_programs_and_read_requests_are_served(emulator_url: str) -> None:
    assert request_status(emulator_url, "POST", "/_emulator/settle", Origin=emulator_url) == 200
    assert request_status(emulator_url, "POST", "/_emulator/settle") == 200
    assert request_status(emulator_url, "GET", "/_emulator/clock", Origin="https://evil.example") == 200


@pytest.fixture
def open_emulator() -> Iterator[str]:
    """The address of an emulator that listens on all addresses."""
    with Background(Settings(host="0.0.0.0", port=0)) as url:
        yield url


def test_an_emulator_listening_on_all_addresses_accepts_any_own_name(open_emulator: str) -> None:
    name = f"{socket.gethostname()}:{urlsplit(open_emulator).port}"
    assert (
        request_status(open_emulator, "POST", "/_emulator/settle", Host=name, Origin=f"http://{name}") == 200
    )
    assert (
        request_status(open_emulator, "POST", "/_emulator/settle", Host=name, Origin="http://evil.example")
        == 403
    )
