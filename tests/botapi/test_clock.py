"""A machine whose clock is wrong by years: it is noticed, and people are answered in order all the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.content.bundle import Bundle
from bot.storage.verifying import verify
from tests.botapi.running import Someone, running
from tests.botapi.test_cases import agree, due

TEN_YEARS = timedelta(days=3650)


async def test_ten_years_ahead_and_back_again(tmp_path: Path, bundle: Bundle) -> None:
    async with running(tmp_path, bundle) as bot:
        mei = Someone(bot.simulator.person(first_name="Mei"))
        await agree(mei)
        tally = bot.worker.tally
        assert tally.clock_ahead == 0
        for leap, ahead in ((TEN_YEARS, TEN_YEARS), (-TEN_YEARS, timedelta()), (-TEN_YEARS, timedelta())):
            bot.clock.advance(leap)
            await mei.say("/help")
            await bot.simulator.settle()
            assert abs(tally.clock_ahead - ahead.total_seconds()) < 60
        assert tally.clock_behind > TEN_YEARS.total_seconds() - 60
        await mei.say("45")
        assert due(mei) == "willing", "a clock that is behind costs nobody an answer"
        assert await bot.answers_recorded(mei, "age") == 1
        assert [report async for report in verify(bot.store)][-1].findings == []
