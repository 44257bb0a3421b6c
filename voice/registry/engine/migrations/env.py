"""Runs the migrations on the connection that `schema_version.migrate` opened, in its transaction."""

from alembic import context

from voice.registry.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
