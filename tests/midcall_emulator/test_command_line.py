"""``python -m midcall_emulator``: start, options, signals, and errors."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from midcall_emulator.switches import values_of

START = [sys.executable, "-m", "midcall_emulator", "--port", "0"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_program_starts_with_its_options_and_stops_on_a_signal(number: int) -> None:
    options = [
        "--number",
        "+14155550177",
        "--voice-url",
        "http://127.0.0.1:9/v",
        "--switch",
        "queue_seconds=3",
        "--switches",
        "slow",
    ]
    options += ["--token", "secret", "--clock", "manual", "--api-key", "SK1:hush"]
    with subprocess.Popen([*START, *options], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        emulator = Emulator(found[0])
        assert emulator.clock()["mode"] == "manual"
        assert emulator.switches() == values_of("slow") | {"queue_seconds": 3}
        for user, password in [("AC" + "0" * 32, "secret"), ("SK1", "hush")]:
            client = Client(user, password, "AC" + "0" * 32)
            client.api.base_url = found[0]
            [owned] = client.incoming_phone_numbers.list()
            assert (owned.phone_number, owned.voice_url) == ("+14155550177", "http://127.0.0.1:9/v")
        program.send_signal(number)
        assert program.wait(10) == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--number", "x"],
        ["--switch", "nonsense=1"],
        ["--switches", "fast"],
        ["--speed", "fast"],
        ["--speed", "0"],
        ["--voice-url", "/voice"],
    ],
)
def test_an_invalid_option_is_refused_in_one_line(options: list[str]) -> None:
    done = subprocess.run([*START, *options], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert options[0] in done.stderr or "nonsense" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_reported(emulator_url: str) -> None:
    port = emulator_url.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "midcall_emulator"],
        env=os.environ | {"EMULATOR_PORT": port},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"127.0.0.1:{port}" in done.stderr
