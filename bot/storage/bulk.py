"""Many rows in one statement, whatever the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.service.ports import Conflict

Row = dict[str, Any]


async def insert_missing(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> list[Any]:
    """Insert the rows that no unique value stands against; return the first primary key of each."""
    if not rows:
        return []
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).on_conflict_do_nothing().returning(next(iter(table.primary_key)))
    return list((await connection.execute(statement, list(rows))).scalars())


async def insert_all(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Insert all rows; Conflict where another transaction was first with one of them."""
    if len(await insert_missing(connection, table, rows)) != len(rows):
        raise Conflict(f"A row of {table.name} was there already.")
