"""Pages of other origins change nothing; the emulator's own page and programs do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import ACCOUNT, Settings


def ask(url: str, method: str, path: str, **headers: str) -> int:
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
def test_another_origin_changes_nothing(
    twilio: Emulator, emulator_url: str, port: int, origin: str, what: str
) -> None:
    twilio.everybody("busy")
    assert ask(emulator_url, *what.split(), Origin=origin.format(port=port)) == 403
    assert twilio.request("GET", "/people")["everybody"]["behaviour"] == "busy"


def test_a_name_that_resolves_to_this_machine_is_another_origin(emulator_url: str, port: int) -> None:
    mine, theirs = f"localhost:{port}", f"evil.example:{port}"
    assert ask(emulator_url, "POST", "/_emulator/settle", Host=mine, Origin=f"http://{mine}") == 200
    assert ask(emulator_url, "POST", "/_emulator/settle", Host=theirs, Origin=f"http://{theirs}") == 403


def test_its_own_page_programs_and_readers_are_served(emulator_url: str) -> None:
    assert ask(emulator_url, "POST", "/_emulator/settle", Origin=emulator_url) == 200
    assert ask(emulator_url, "POST", "/_emulator/settle") == 200
    assert ask(emulator_url, "GET", "/_emulator/clock", Origin="https://evil.example") == 200


@pytest.fixture
def open_emulator() -> Iterator[str]:
    """The address of an emulator that was told to listen everywhere."""
    with Background(Settings(host="0.0.0.0", port=0)) as url:
        yield url


def test_where_it_was_told_to_listen_elsewhere_it_may_have_any_name(open_emulator: str) -> None:
    name = f"{socket.gethostname()}:{urlsplit(open_emulator).port}"
    assert ask(open_emulator, "POST", "/_emulator/settle", Host=name, Origin=f"http://{name}") == 200
    assert ask(open_emulator, "POST", "/_emulator/settle", Host=name, Origin="http://evil.example") == 403
