"""Alembic's environment: one transaction per migration, on the connection that `migration.migrate` opened."""

from alembic import context

from voice.registry.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
