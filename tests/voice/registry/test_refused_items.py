"""What the database refuses fails its own item, and no other item of the same transaction."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import StatementError

from tests.support.clients import new_call_sid
from voice.errors import RegistryUnavailable
from voice.events import now
from voice.registry.command_writes import NewCommand


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def end(**arguments: Any) -> NewCommand:
    row = {"call_sid": new_call_sid(), "command": "end", "arguments": arguments, "operator": "ann"}
    return NewCommand(
        {**row, "state": "requested", "requested_at": now(), "idempotency_key": None, "fingerprint": ""}
    )


@pytest.mark.parametrize("value", [nested(100_000), {1, 2}], ids=["nested", "no JSON"])
def test_a_command_that_cannot_be_stored_fails_alone(registry, value):
    commands = [end(), end(value=value), end()]
    group = registry.commands._group
    (batch, *_), *_ = [group._join(command) for command in commands]
    group._write(batch)
    first, refused, last = batch.outcomes
    assert isinstance(refused, StatementError)
    stored = [registry.commands.of_call(command.row["call_sid"]) for command in commands]
    assert stored == [[first.record], [], [last.record]]


def test_a_pool_without_a_free_connection_is_an_unavailable_registry(registry):
    engine = registry.database.engine
    engine.pool._timeout = 0.1
    taken = [engine.connect() for _ in range(engine.pool.size())]
    with pytest.raises(RegistryUnavailable):
        registry.events.last_id()
    for connection in taken:
        connection.close()
    assert registry.events.last_id() == 0
