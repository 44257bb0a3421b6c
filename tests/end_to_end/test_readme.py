"""The session of the README, pasted into a shell beside `make run` in a copy of the project."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.ports import free_port
from tests.support.project_copy import copy_project

MAKE_RUN = (sys.executable, "-m", "voice.setup.make_run")


@pytest.fixture
def fresh_copy(tmp_path):
    """A copy of the project, and an environment with free ports."""
    folder = tmp_path / "midcall"
    copy_project(folder)
    ports = {"PORT": str(free_port()), "EMULATOR_PORT": str(free_port())}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return folder, {"PATH": path, "HOME": str(tmp_path), **ports}


@pytest.fixture
def started(fresh_copy):
    """`make run` in the copy, once it has printed its addresses."""
    folder, environment = fresh_copy
    process = subprocess.Popen(
        MAKE_RUN, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    output = []
    for line in process.stdout:
        output.append(line)
        if line.startswith("  token"):
            break
    yield folder, environment, process, "".join(output)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)  # with SIGKILL it could not stop its processes
        process.wait(timeout=30)
    process.stdout.close()


def session(folder):
    """The session of the README."""
    blocks = re.findall(r"<!-- session.*?-->\n```sh\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


def paste_session(folder, environment):
    """Paste the session into a shell; its output."""
    command = ["bash", "-eu", "-c", session(folder)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_session_works_to_the_letter(started):
    folder, environment, _, output = started
    assert f"http://127.0.0.1:{environment['PORT']}" in output
    assert (folder / ".env").stat().st_mode & 0o077 == 0
    answers = paste_session(folder, environment)
    assert '"live":true' in answers
    assert '"command":"redirect"' in answers
    assert '"text": "Hello from the operator."' in answers.replace('":"', '": "')
    assert '"command":"end"' in answers
    assert "error" not in answers


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_of_make_run_leaves_no_process_and_no_lock_behind(started, how):
    folder, _, process, _ = started
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 4
    os.killpg(process.pid, how)
    process.wait(timeout=30)
    assert [
        child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE
    ] == []
    assert not list(folder.glob("instance/*.lock"))
    assert "Traceback" not in process.stdout.read()


@pytest.mark.slow
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


def test_make_run_stops_with_one_line_for_an_invalid_setting(fresh_copy):
    folder, environment = fresh_copy
    environment["PUBLIC_URL"] = "calls.example.com"
    done = subprocess.run(MAKE_RUN, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "PUBLIC_URL" in done.stderr
