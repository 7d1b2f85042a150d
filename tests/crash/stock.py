"""A survey on stock python-telegram-bot."""

from __future__ import annotations


def main() -> None:
    """Run it."""
