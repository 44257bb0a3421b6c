"""Alembic's environment: migrations run on the connection and in the transaction of `schema_version.migrate`."""

from alembic import context

from voice.registry.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
