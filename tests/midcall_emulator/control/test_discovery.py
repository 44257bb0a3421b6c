"""The control API discovers its actions: a new file is enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.control import actions, routes
from midcall_emulator.server import Background
from tests.support.package_folder import package_folder

MODULE = """
from aiohttp import web

from midcall_emulator.control.action import Request, action, json_response


@action("GET", "/account")
async def show(request: Request) -> web.StreamResponse:
    return json_response({"account": request.world.account})
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose modules belong to the package of actions."""
    with package_folder(actions, tmp_path):
        yield tmp_path


def test_a_new_file_adds_an_action(folder: Path) -> None:
    (folder / "account.py").write_text(MODULE)
    with Background() as url:
        assert Emulator(url).request("GET", "/account") == {"account": "AC" + "0" * 32}


def test_two_actions_for_one_path_are_an_error(folder: Path) -> None:
    (folder / "another_clock.py").write_text(MODULE.replace("/account", "/clock"))
    with pytest.raises(ValueError, match="two actions serve GET /_emulator/clock"):
        routes.routes()
