"""The REST API discovers its operations: a new file is enough."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.rest import resources, routes
from midcall_emulator.server import Background

OUTGOING_CALLER_IDS = '''
"""OutgoingCallerIds, which the emulator does not serve otherwise."""

from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.response import Response


@operation("GET", "/OutgoingCallerIds.json")
def list_caller_ids(request: Request) -> Response:
    return Response(200, {"outgoing_caller_ids": [], "account_sid": request.world.account})
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose modules belong to the package of resources."""
    modules = set(sys.modules)
    monkeypatch.setattr(resources, "__path__", [*resources.__path__, str(tmp_path)])
    yield tmp_path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def test_a_new_file_adds_an_operation(folder: Path) -> None:
    (folder / "outgoing_caller_ids.py").write_text(OUTGOING_CALLER_IDS)
    with Background() as url:
        body = Emulator(url).rest("GET", "/OutgoingCallerIds.json")
    assert body == {"outgoing_caller_ids": [], "account_sid": "AC" + "0" * 32}


def test_a_path_that_another_file_serves_is_an_error(folder: Path) -> None:
    (folder / "a_copy.py").write_text(OUTGOING_CALLER_IDS.replace("OutgoingCallerIds", "Queues"))
    with pytest.raises(ValueError, match=r"two operations serve GET /Queues\.json"):
        routes.operations()
