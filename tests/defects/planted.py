"""The list of planted defects, by what they take away."""

from __future__ import annotations

from tests.defects import (
    access,
    agreements,
    backups,
    cards,
    cases,
    console,
    delivery_in,
    delivery_out,
    emergency,
    gate,
    hostile,
    rights,
    sharing,
    store,
    trust_content,
    trust_keys,
    trust_proof,
    trust_reach,
    trust_rows,
    trust_trail,
)

PLANTED = (
    *delivery_in.DEFECTS,
    *delivery_out.DEFECTS,
    *store.DEFECTS,
    *rights.DEFECTS,
    *sharing.DEFECTS,
    *agreements.DEFECTS,
    *backups.DEFECTS,
    *hostile.DEFECTS,
    *gate.DEFECTS,
    *cases.DEFECTS,
    *cards.DEFECTS,
    *console.DEFECTS,
    *access.DEFECTS,
    *emergency.DEFECTS,
    *trust_keys.DEFECTS,
    *trust_rows.DEFECTS,
    *trust_trail.DEFECTS,
    *trust_content.DEFECTS,
    *trust_reach.DEFECTS,
    *trust_proof.DEFECTS,
)
