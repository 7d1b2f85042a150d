"""The list of planted defects, by what they take away."""

from __future__ import annotations

from tests.defects import cases, console, delivery_in, delivery_out, store

PLANTED = (*delivery_in.DEFECTS, *delivery_out.DEFECTS, *store.DEFECTS, *cases.DEFECTS, *console.DEFECTS)
