"""Node: Twilio's own SDK drives the emulator, and the README's Express app is written down, started and tested."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.settings import ACCOUNT, TOKEN
from tests.support.npm import Unreachable, node_modules
from tests.support.postgres import free_port
from tests.support.scripted_app import ScriptedApp
from tests.support.skips import left_out

HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[2]
PACKAGES = ("express@5.3.0", "twilio@6.2.0")
PATIENCE = 100  # seconds


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A folder in which Node finds Express and Twilio's SDK."""
    if shutil.which("node") is None:
        left_out("Node is not installed")
    try:
        (tmp_path / "node_modules").symlink_to(node_modules(*PACKAGES))
    except Unreachable as error:
        left_out(f"Twilio's SDK for Node: {error}")
    return tmp_path


def run_to_end(command: list[str], folder: Path, **environment: str) -> str:
    """What it printed; it must have ended well."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_official_sdk_for_node_drives_it(
    twilio: Emulator, app: ScriptedApp, emulator_url: str, modules: Path
) -> None:
    app.on("/start", "<Say>Hi</Say><Pause length='600'/>")
    app.on("/new", "<Say>New</Say><Pause length='600'/>")
    shutil.copy(HERE / "sdk.test.mjs", modules)
    told = {"EMULATOR": emulator_url, "ACCOUNT": ACCOUNT, "TOKEN": TOKEN, "APP": app.url("")}
    printed = run_to_end(["node", "--test", "sdk.test.mjs"], modules, **told)
    assert re.search(r"^# fail 0$", printed, re.MULTILINE), printed
    assert int(re.search(r"^# pass (\d+)$", printed, re.MULTILINE)[1]) >= 6


def blocks(language: str) -> Iterator[str]:
    """The code of the README's section for Express, in a language."""
    section = (
        (ROOT / "midcall_emulator" / "README.md").read_text().split("## An Express app")[1].split("\n## ")[0]
    )
    yield from re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def test_the_express_app_of_the_readme_passes_its_test(modules: Path) -> None:
    ports = {"3000": str(free_port()), "8001": str(free_port())}
    here = lambda text: re.sub("3000|8001", lambda port: ports[port[0]], text)  # noqa: E731
    for code in blocks("js"):
        (modules / code.split("\n")[0].removeprefix("// ")).write_text(here(code))
    *_, session = blocks("sh")
    script = f"trap 'kill $(jobs -p)' EXIT\n{here(session)}"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    printed = run_to_end(["bash", "-eu", "-c", script], modules, PATH=path, PYTHONPATH=str(ROOT))
    assert re.search(r"^# pass 1$", printed, re.MULTILINE), printed
