"""Alembic's entry point; :func:`records.migrate.upgrade` runs it with a connection."""

from alembic import context

from records.schema import metadata

with context.config.attributes["connection"] as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,  # an upgrade that is cut off half-way must be able to run again
    )
    with context.begin_transaction():
        context.run_migrations()
