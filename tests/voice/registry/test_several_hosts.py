"""Several PostgreSQL hosts in one URL: a host that hangs or refuses writes does not keep Midcall from the primary."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.support.ports import free_port
from tests.support.postgres import PostgreSQL, find_binaries
from voice.registry import Registry

ROOT = Path(__file__).resolve().parents[3]
# A web process: its deadlines need gevent. It prints how many reads failed before one succeeded.
READS = """
from gevent import monkey
monkey.patch_all()
import sys
from voice.errors import RegistryUnavailable
from voice.registry import Registry
registry, failed = Registry(sys.argv[1]), 0
while failed < 6:
    try:
        registry.events.last_id()
        break
    except RegistryUnavailable:
        failed += 1
print(failed)
"""


@pytest.fixture
def hung_port() -> Iterator[int]:
    """The port of a server that accepts connections and never answers, as a stopped process does."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield server.getsockname()[1]


def with_hosts(url: str, *ports: int, **query: str) -> str:
    """The URL with these ports of this machine as its hosts, in this order."""
    hosts = [f"127.0.0.1:{port}" for port in ports]
    changed = make_url(url).set(host=None, port=None).update_query_dict({"host": hosts, **query})
    return changed.render_as_string(hide_password=False)


def failed_reads(url: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", READS, url], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.slow
def test_a_host_that_hangs_costs_one_failed_read(postgresql_url, hung_port):
    port = make_url(postgresql_url).port
    assert failed_reads(with_hosts(postgresql_url, hung_port, port)) == 1
    assert failed_reads(with_hosts(postgresql_url, hung_port, hung_port, port)) == 2
    assert failed_reads(with_hosts(postgresql_url, port, hung_port)) == 0


def test_a_host_that_refuses_connections_costs_nothing(postgresql_url):
    registry = Registry(with_hosts(postgresql_url, free_port(), make_url(postgresql_url).port))
    assert registry.events.last_id() == 0
    registry.close()


def test_a_host_that_refuses_writes_is_passed_over(postgresql, postgresql_url):
    """A standby refuses writes; here another server does."""
    with PostgreSQL(find_binaries()) as standby:
        with psycopg.connect(standby.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {make_url(postgresql_url).database}")
            connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
            connection.execute("SELECT pg_reload_conf()")
        registry = Registry(with_hosts(postgresql_url, standby.port, postgresql.port))
        registry.workers.beat("one", "a.example")
        assert len(registry.workers.live()) == 1
        registry.close()
