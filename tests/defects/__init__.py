"""Protections taken away one at a time, to see that a test notices each.

`python -m tests.defects` runs all of them, `--only NAME` one.
"""
