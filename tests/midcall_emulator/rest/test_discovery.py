"""The REST API discovers its operations: a new file is enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.rest import resources, routes
from midcall_emulator.server import Background
from tests.support.package_folder import package_folder

MODULE = """
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.response import Response


@operation("GET", "/OutgoingCallerIds.json")
def list_caller_ids(request: Request) -> Response:
    return Response(200, {"outgoing_caller_ids": [], "account_sid": request.world.account})
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose modules belong to the package of resources."""
    with package_folder(resources, tmp_path):
        yield tmp_path


def test_a_new_file_adds_an_operation(folder: Path) -> None:
    (folder / "outgoing_caller_ids.py").write_text(MODULE)
    with Background() as url:
        body = Emulator(url).rest("GET", "/OutgoingCallerIds.json")
    assert body == {"outgoing_caller_ids": [], "account_sid": "AC" + "0" * 32}


def test_two_operations_for_one_path_are_an_error(folder: Path) -> None:
    (folder / "more_queues.py").write_text(MODULE.replace("OutgoingCallerIds", "Queues"))
    with pytest.raises(ValueError, match=r"two operations serve GET /Queues\.json"):
        routes.operations()
