"""Slow and hostile clients at the shipped web server: honest webhooks are answered, and slow sockets are cut."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import requests

from tests.support.clients import form, new_call_sid
from tests.support.signing import signed_headers
from tests.support.stack import Stack

pytestmark = pytest.mark.slow
SLOW_SOCKETS = 3000
ATTACK = """
import resource, socket, sys, time
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
port, count, seconds = map(int, sys.argv[1:])
head = b"POST /voice/incoming HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nContent-Length: 100000\\r\\n\\r\\n"
def open_slowly():
    one = socket.create_connection(("127.0.0.1", port), timeout=5)
    one.sendall(head)
    one.settimeout(0)
    return one
sockets = [open_slowly() for _ in range(count)]
until = time.monotonic() + seconds
while time.monotonic() < until:
    print(len(sockets), flush=True)
    for one in list(sockets):
        try:
            one.send(b"x")
        except BlockingIOError:
            pass
        except OSError:
            sockets.remove(one)
    sockets += [open_slowly() for _ in range(min(100, count - len(sockets)))]
    time.sleep(0.5)
"""


@pytest.fixture
def attacked_stack(running: Stack) -> Iterator[Stack]:
    """A stack with slow sockets that send a byte twice a second and reconnect when they are cut."""
    attack = subprocess.Popen(
        [sys.executable, "-c", ATTACK, str(running.web_port), str(SLOW_SOCKETS), "100"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert attack.stdout is not None
    assert int(attack.stdout.readline()) == SLOW_SOCKETS
    yield running
    attack.kill()
    attack.wait()


def is_answered(stack: Stack, seconds: float) -> bool:
    """Send a signed webhook; whether it is answered within this time."""
    url, fields = f"{stack.url}/voice/incoming", form(new_call_sid(), CallStatus="ringing")
    answer = requests.post(url, data=fields, headers=signed_headers(url, fields), timeout=seconds)
    return answer.status_code == 200


def test_honest_webhooks_are_answered_while_slow_sockets_are_open(attacked_stack):
    assert is_answered(attacked_stack, seconds=30)  # the server accepts all the connections before this one
    for _ in range(40):
        assert is_answered(attacked_stack, seconds=10)  # none is, without the limit of connections
        time.sleep(0.1)


def test_a_body_that_is_too_long_gets_its_refusal_and_no_reset(running):
    with socket.create_connection(("127.0.0.1", running.web_port), timeout=10) as client:
        head = b"POST /voice/incoming HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        client.sendall(head + b"Content-Length: 2000000\r\n\r\n" + b"x" * 2_000_000)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")
