"""The store of texts that are too long for the URL of a scene. Equal texts share a row, whose id is their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from voice.events import now
from voice.registry.engine.database import Database
from voice.registry.schema.columns import to_json
from voice.registry.schema.scene_params import scene_params


class SceneParamStore:
    """Parameters of scenes, by their id."""

    def __init__(self, database: Database):
        self._database = database

    def store(self, params: Mapping[str, str], command_id: int | None = None) -> str:
        """Store the parameters for a command that sends a caller to the scene; their id."""
        digest = hashlib.sha256(to_json(dict(sorted(params.items()))).encode()).hexdigest()[:32]
        used = {"command_id": command_id, "stored_at": now()}
        insert = self._database.insert_into(scene_params).values(id=digest, params=dict(params), **used)
        statement = insert.on_conflict_do_update(index_elements=["id"], set_=used)
        self._database.write_patiently(lambda connection: connection.execute(statement))
        return digest

    def load(self, params_id: str) -> dict[str, str]:
        """The parameters; none for an unknown id. Raises RegistryUnavailable."""
        found = self._database.fetch_column(
            select(scene_params.c.params).where(scene_params.c.id == params_id)
        )
        return dict(found[0]) if found else {}

    def delete_unused(self, before: datetime) -> None:
        """Delete parameters that no command has stored since then."""
        old = delete(scene_params).where(scene_params.c.stored_at < before)

        def work(connection: Connection) -> None:
            connection.execute(old)

        self._database.write_patiently(work)
