"""Alembic's entry point; :func:`records.migrate.upgrade` runs it with a connection."""

from alembic import context

from records.schema import metadata

with context.config.attributes["connection"] as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
