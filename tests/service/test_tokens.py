"""What stands behind a button: opaque, short, and safe whatever a client sends back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import Tapped, TokenForged
from bot.service.tokens import tapped, token

CODES = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"), min_size=8, max_size=8)
MOST_TURNS = 36**6 - 1


@given(CODES, st.integers(0, MOST_TURNS), st.integers(0, 99))
def test_a_token_comes_back_as_it_went_and_takes_at_most_24_bytes(code: str, turn: int, option: int) -> None:
    data = token(code, turn, option)
    assert tapped(data) == Tapped(code, turn, option)
    assert len(data.encode()) <= 24


@given(st.text())
def test_any_data_is_read_or_recognised_as_forged(data: str) -> None:
    match tapped(data):
        case Tapped(code, turn, option):
            # Leading zeros are the only other spelling of the same token.
            assert data == token(code, turn, option) or "0" in data
        case TokenForged():
            pass


def test_forged_data() -> None:
    forged = (
        *("", "dm:yes", "abcd1234", "abcd1234.1", "abcd1234.1.", "abcd1234.1.100", "ABCD1234.1.0"),
        *("abcd1234.1.-1", "abcd1234.1.0\n", " abcd1234.1.0", "abcd12345.1.0", "abcd1234.1234567.0"),
        *("abcd1234.1.٣", "аbcd1234.1.0", "abcd1234.1.0;DROP TABLE", "x" * 64),
    )
    for data in forged:
        assert tapped(data) == TokenForged(), data
