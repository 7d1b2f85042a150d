"""One process's share of the campaign."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import shipped
from tests.hostile.campaign import Campaign, Seen, asking
from tests.hostile.on_disk import stored


def part(task: tuple[str, int, int, float]) -> Seen:
    """Return what one process sees of its share: of what, how many, by which seed."""
    what, times, seed, until = task
    if what == "on_disk":
        with TemporaryDirectory(prefix="doorstep-hostile-") as folder:
            return asyncio.run(stored(Path(folder), shipped(), seed, times))
    campaign = Campaign(asking(shipped()), seed, until=until)
    return asyncio.run(campaign.taps(times) if what == "taps" else campaign.updates(times))
