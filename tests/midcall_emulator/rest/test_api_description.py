"""Every REST operation against Twilio's API description: nothing undocumented, nothing missing."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import midcall_emulator
from midcall_emulator.rest.routes import PREFIX as SERVED_BELOW
from midcall_emulator.rest.routes import operations
from midcall_emulator.server import Background
from midcall_emulator.settings import Settings
from tests.support.api_description import PREFIX, Description, Exchange, operation_shape
from tests.support.api_tour import STOPS, Tour
from tests.support.npm import Unreachable
from tests.support.skips import left_out
from tests.support.socket_app import SocketApp

OPERATIONS = operations()
COVERAGE = Path(midcall_emulator.__file__).parent / "COVERAGE.md"
OF_VOICE = (
    "Calls", "Conferences", "Queues", "Recordings", "IncomingPhoneNumbers", "Applications", "Notifications",
    "OutgoingCallerIds", "SIP", "Transcriptions",
)  # fmt: skip


@pytest.fixture(scope="module")
def description() -> Description:
    """Twilio's API description from npm."""
    try:
        return Description()
    except Unreachable as error:
        left_out(f"Twilio's API description: {error}")


@pytest.fixture(scope="module")
def exchanges(description: Description, shared_sockets: SocketApp) -> Iterator[list[Exchange]]:
    """The requests of the tour with their responses."""
    with Background(Settings(port=0)) as url:
        tour = Tour(url, shared_sockets)
        tour.emulator.clock(mode="manual")
        for stop in STOPS:
            stop(tour)
        yield tour.exchanges


def exchange_pattern(path: str) -> re.Pattern[str]:
    """Return the pattern of the tour's paths that belong to an operation of the emulator."""
    pattern = re.sub(r"\\\{(\w+)\\\}", "[^/.]+", re.escape(path.removeprefix(SERVED_BELOW)))
    return re.compile(re.escape(PREFIX) + pattern)


def successes(exchanges: list[Exchange], method: str, path: str) -> list[Exchange]:
    """Return the successful requests to an operation."""
    pattern = exchange_pattern(path)
    of_method = [one for one in exchanges if one.method == method and one.status < 400]
    return [one for one in of_method if pattern.fullmatch(one.path)]


def problems(description: Description, exchanges: list[Exchange]) -> list[tuple[str, list[str]]]:
    """Return the path and the problems of each response that differs from the description."""
    return [(one.path, found) for one in exchanges if (found := description.problems(one))]


def path_below_account(path: str) -> str:
    return path.removeprefix(SERVED_BELOW).removeprefix(PREFIX)


def operation_name(operation: tuple[str, str]) -> str:
    return f"{operation[0]} {path_below_account(operation[1])}"


@pytest.mark.parametrize("operation", sorted(OPERATIONS), ids=operation_name)
def test_an_operation_responds_as_documented(
    operation: tuple[str, str], description: Description, exchanges: list[Exchange]
) -> None:
    method, path = operation
    documented = path.replace("{account_sid}", "{AccountSid}")
    assert description.has(method, documented), "Twilio has no such operation"
    found = successes(exchanges, method, path)
    assert found, "tests/support/api_tour.py makes no successful request to this operation: add one"
    assert problems(description, found) == []


def test_errors_are_as_documented(description: Description, exchanges: list[Exchange]) -> None:
    refused = [one for one in exchanges if one.status >= 400]
    assert {one.status for one in refused} >= {400, 401, 404, 405, 409, 429, 500, 503}
    assert problems(description, refused) == []


def test_every_altered_response_is_noticed(description: Description, exchanges: list[Exchange]) -> None:
    """A missing field, an added field, another type: in a response and in the first record of its list."""
    count = 0
    for one in {(one.method, one.path.count("/"), one.status): one for one in exchanges if one.body}.values():
        for body in altered(one.body):
            count += 1
            assert description.problems(Exchange(one.method, one.path, one.status, one.content_type, body))
    assert count > 200


def altered(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield copies of a body that each differ in one field."""
    lists = [name for name in body if isinstance(body[name], list) and body[name]]
    for name in body:
        yield {other: value for other, value in body.items() if other != name}
        yield body | {name: ["neither", 1]}
    yield body | {"surely_unknown": None}
    for name in lists:
        for inner in altered(body[name][0]):
            yield deepcopy(body) | {name: [inner]}


def test_an_undocumented_status_is_noticed(description: Description) -> None:
    path = f"{PREFIX}/Calls.json"
    assert description.problems(Exchange("POST", path, 200, "application/json", {})) == [
        "200 is not documented: ['201']"
    ]


def test_coverage_lists_documented_paths_that_are_not_served(description: Description) -> None:
    """COVERAGE.md lists how the paths begin; a path that it omits is a warning, because Twilio may add paths."""
    served = {operation_shape(method, path) for method, path in OPERATIONS}
    documented = {
        (
            operation_shape(method, path.replace("{AccountSid}", "{account_sid}")) in served,
            path_below_account(path),
        )
        for method, path in description.operations
        if re.split(r"[/.]", path_below_account(path))[1] in OF_VOICE
    }
    [paragraph] = re.findall(
        r"^Twilio documents these paths.*?\n\n", COVERAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    listed = tuple(re.findall(r"`(/\S+)`", paragraph))
    for prefix in listed:
        found = {is_served for is_served, path in documented if path.startswith(prefix)}
        assert found == {False}, f"{prefix} is listed as not served, but is served or unknown to Twilio"
    omitted = sorted(path for is_served, path in documented if not is_served and not path.startswith(listed))
    if omitted:
        warnings.warn(f"COVERAGE.md does not list these paths as not served: {omitted}", stacklevel=1)


def test_coverage_has_a_row_for_each_resource() -> None:
    rows = re.findall(r"^\| ([A-Z][A-Za-z, ]+?)(?: of .*?| \(.*?)? \|", COVERAGE.read_text(), re.MULTILINE)
    listed = {name for row in rows for name in row.split(", ")}
    resource = re.compile(r"/([A-Z][A-Za-z]+)(?:\.json)?(?=/|$)")
    served = {resource.findall(path_below_account(path))[-1] for _, path in OPERATIONS}
    assert served - listed == set()
