"""The duty that deletes the nonces of writes."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from tests.support.clients import TESTER
from voice.events import now
from voice.registry.engine.once import KEPT_SECONDS
from voice.registry.schema.nonces import write_nonces
from voice.worker.duties.old_nonces import OldNoncesDuty


@pytest.mark.parametrize(("age", "kept"), [(KEPT_SECONDS - 5, True), (KEPT_SECONDS + 5, False)])
def test_nonces_are_deleted_when_their_write_is_long_over(services, registry, age, kept):
    registry.tokens.create("ann", "viewer", TESTER)
    nonces = registry.database.fetch_column(select(write_nonces.c.nonce))
    assert len(nonces) == (0 if registry.database.is_sqlite else 1)
    with freeze_time(now() + timedelta(seconds=age)):
        OldNoncesDuty(services, Event()).run()
    left = registry.database.fetch_column(select(write_nonces.c.nonce))
    assert set(nonces) <= set(left) if kept else not set(nonces) & set(left)
