"""Node: Twilio's SDK drives the emulator, and the Express app in the README passes its test."""

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
from tests.support.ports import free_port
from tests.support.scripted_app import ScriptedApp
from tests.support.skips import left_out

HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[2]
PACKAGES = ("express@5.3.0", "twilio@6.2.0")
TIMEOUT = 100  # seconds


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


def run_command(command: list[str], folder: Path, **environment: str) -> str:
    """Run a program that must succeed; return its output."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
        timeout=TIMEOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_twilios_node_sdk_drives_the_emulator(
    twilio: Emulator, app: ScriptedApp, emulator_url: str, modules: Path
) -> None:
    app.on("/start", "<Say>Hi</Say><Pause length='600'/>")
    app.on("/new", "<Say>New</Say><Pause length='600'/>")
    shutil.copy(HERE / "sdk.test.mjs", modules)
    environment = {"EMULATOR": emulator_url, "ACCOUNT": ACCOUNT, "TOKEN": TOKEN, "APP": app.url("")}
    printed = run_command(["node", "--test", "sdk.test.mjs"], modules, **environment)
    assert re.search(r"^# fail 0$", printed, re.MULTILINE), printed
    assert int(re.search(r"^# pass (\d+)$", printed, re.MULTILINE)[1]) >= 6


def readme_blocks(language: str) -> Iterator[str]:
    """Yield the code blocks of one language in the README's section about Express."""
    section = (
        (ROOT / "midcall_emulator" / "README.md").read_text().split("## An Express app")[1].split("\n## ")[0]
    )
    yield from re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def test_the_express_app_in_the_readme_passes_its_test(modules: Path) -> None:
    ports = {"3000": str(free_port()), "8001": str(free_port())}
    here = lambda text: re.sub("3000|8001", lambda port: ports[port[0]], text)  # noqa: E731
    for code in readme_blocks("js"):
        (modules / code.split("\n")[0].removeprefix("// ")).write_text(here(code))
    *_, session = readme_blocks("sh")
    script = f"trap 'kill $(jobs -p)' EXIT\n{here(session)}"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    printed = run_command(["bash", "-eu", "-c", script], modules, PATH=path, PYTHONPATH=str(ROOT))
    assert re.search(r"^# pass 1$", printed, re.MULTILINE), printed
