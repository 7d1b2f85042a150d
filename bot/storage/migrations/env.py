"""Runs migrations on the connection that bot.storage.migrate passes in."""

from __future__ import annotations

from alembic import context

from bot.storage import access_tables, review_tables  # noqa: F401 -- their tables join the metadata
from bot.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # true of SQLite too, since we begin transactions ourselves
)
with context.begin_transaction():
    context.run_migrations()
