"""Deadlines of a client's connection, and the bound of connections that have not proved themselves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.support.clients import ADMIN_TOKEN, PUBLIC_URL, form, new_call_sid
from tests.support.signing import signed_headers
from voice.web import connections
from voice.web.connections import Connection, Connections, prove


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection: the server's and the client's."""
    server, client = socket.socketpair()
    with server, client:
        yield server, client


@pytest.fixture
def short_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
    monkeypatch.setattr(connections, "STALL_SECONDS", 0.2)


@pytest.mark.usefixtures("short_deadlines")
def test_a_request_ends_at_its_deadline_although_bytes_keep_coming(pair):
    server, client = pair
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.02):
            client.send(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    with Connections(10, 5).open(server) as connection:
        received = iter(lambda: connection.recv(1), b"")
        assert len(list(received)) > 1
        assert connection.is_late
    stop.set()
    dripping.join()


@pytest.mark.usefixtures("short_deadlines")
def test_an_answer_that_is_not_taken_is_given_up(pair):
    with Connections(10, 5).open(pair[0]) as connection, pytest.raises(BrokenPipeError):
        connection.sendall(b"x" * 10_000_000)


@pytest.mark.usefixtures("short_deadlines")
def test_an_answer_that_is_taken_slowly_is_sent_whole(pair):
    server, client = pair
    whole = b"x" * 1_000_000
    taken = bytearray()

    def take() -> None:
        while len(taken) < len(whole):
            taken.extend(client.recv(50_000))
            threading.Event().wait(0.02)

    taking = threading.Thread(target=take)
    taking.start()
    with Connections(10, 5).open(server) as connection:
        connection.sendall(whole)
    taking.join()
    assert len(taken) == len(whole)


def test_the_oldest_connection_that_has_not_proved_itself_is_cut():
    group, pairs = Connections(2, 5), [socket.socketpair() for _ in range(4)]
    opened = [group.open(server) for server, _ in pairs]
    first, second, third = (context.__enter__() for context in opened[:3])
    assert [is_cut(client) for _, client in pairs] == [True, False, False, False]
    prove({"gunicorn.socket": second})
    opened[3].__enter__()
    assert [is_cut(client) for _, client in pairs] == [True, False, False, False]
    assert isinstance(first, Connection)
    assert first.recv(1) == b""
    assert third is not second
    for server, client in pairs:
        server.close()
        client.close()


def test_a_request_under_another_web_server_needs_no_connection_to_prove():
    prove({})


def proved_by(sqlite_app: Flask, method: str, path: str, **request: Any) -> bool:
    """Whether a request proves its connection."""
    proved: list[Connection] = []
    environ = {"gunicorn.socket": Connection(None, 5, proved.append)}
    sqlite_app.test_client().open(path, method=method, environ_overrides=environ, **request)
    return bool(proved)


def test_a_signed_webhook_proves_its_connection(sqlite_app):
    fields = form(new_call_sid())
    signed = signed_headers(f"{PUBLIC_URL}/voice/incoming", fields)
    assert proved_by(sqlite_app, "POST", "/voice/incoming", data=fields, headers=signed)
    assert not proved_by(sqlite_app, "POST", "/voice/incoming", data=fields)


def test_a_valid_token_proves_its_connection(sqlite_app):
    for token, expected in ((ADMIN_TOKEN, True), ("wrong", False)):
        headers = {"Authorization": f"Bearer {token}"}
        assert proved_by(sqlite_app, "GET", "/admin/calls", headers=headers) is expected


@pytest.mark.parametrize(
    "path", ["/console/sign-in", "/healthz", "/static/console/base.css", "/console/", "/nowhere"]
)
def test_a_page_without_sign_in_proves_nothing(sqlite_app, path):
    assert not proved_by(sqlite_app, "GET", path)


def is_cut(client: socket.socket) -> bool:
    """Whether the server has ended the connection."""
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
