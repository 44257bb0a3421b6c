"""The README's session, pasted by a newcomer into a copy of the project, with what `make run` starts."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
KEPT_OUT = (
    ".git",
    ".venv",
    ".env",
    "instance",
    "node_modules",
    "bench",
    "*.pyc",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
)


@pytest.fixture
def newcomer(tmp_path):
    """A copy of the project without what a run leaves behind, and an environment that says little."""
    folder = tmp_path / "midcall"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*KEPT_OUT))
    ports = {"PORT": str(free_port()), "EMULATOR_PORT": str(free_port())}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return folder, {"PATH": path, "HOME": str(tmp_path), **ports}


@pytest.fixture
def started(newcomer):
    """`make run`, once it has told that all of it answers."""
    folder, environment = newcomer
    command = [sys.executable, "-m", "voice.setup.make_run"]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    told = []
    for line in process.stdout:
        told.append(line)
        if line.startswith("  token"):
            break
    yield folder, environment, process, "".join(told)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)  # killed, it could not stop what it has started
        process.wait(timeout=30)
    process.stdout.close()


def session(folder):
    blocks = re.findall(r"<!-- session.*?-->\n```sh\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


def pasted(folder, environment):
    done = subprocess.run(
        ["bash", "-eu", "-c", session(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_session_works_to_the_letter(started):
    folder, environment, _, told = started
    assert f"http://127.0.0.1:{environment['PORT']}" in told
    assert (folder / ".env").stat().st_mode & 0o077 == 0
    said = pasted(folder, environment)
    assert '"live":true' in said
    assert '"command":"redirect"' in said
    assert '"text": "Hello from the operator."' in said.replace('":"', '": "')
    assert '"command":"end"' in said
    assert "error" not in said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_nothing_behind(started, how):
    folder, _, process, _ = started
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 4
    os.killpg(process.pid, how)
    process.wait(timeout=30)
    assert [child for child in family if child.is_running() and child.status() != psutil.STATUS_ZOMBIE] == []
    assert not list(folder.glob("instance/*.lock"))
    assert "Traceback" not in process.stdout.read()


def test_make_run_listens_on_the_loopback_address_only(started):
    _, environment, process, _ = started
    connections = [
        connection
        for child in psutil.Process(process.pid).children(recursive=True)
        for connection in child.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    ports = {int(environment["PORT"]), int(environment["EMULATOR_PORT"])}
    assert {connection.laddr.port for connection in connections} == ports
    assert {connection.laddr.ip for connection in connections} == {"127.0.0.1"}


def test_a_wrong_setting_stops_the_start_with_one_line(newcomer):
    folder, environment = newcomer
    environment["PUBLIC_URL"] = "calls.example.com"
    done = subprocess.run(
        [sys.executable, "-m", "voice.setup.make_run"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "PUBLIC_URL" in done.stderr
