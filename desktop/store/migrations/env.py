"""Alembic's entry: runs the migrations in the transaction that `desktop.store.updates` has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
