"""The list of planted defects, by what they take away."""

from __future__ import annotations

from tests.defects import (
    agreements,
    backups,
    delivery_in,
    delivery_out,
    emergency,
    gate,
    hostile,
    rights,
    store,
)

PLANTED = (
    *delivery_in.DEFECTS,
    *delivery_out.DEFECTS,
    *store.DEFECTS,
    *rights.DEFECTS,
    *agreements.DEFECTS,
    *backups.DEFECTS,
    *hostile.DEFECTS,
    *gate.DEFECTS,
    *emergency.DEFECTS,
)
