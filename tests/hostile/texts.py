"""Texts that break programs: markup, invisible and stacked marks, halves of letters, far too much."""

from __future__ import annotations

from random import Random  # noqa: TID251 -- seeded: the same texts each time

MARKUP = (
    "<b>bold", "</b>", "<a href='x",
    '<a href="javascript:alert(1)">x</a>', "<script>alert(1)</script>", "&lt;",
    "&", "&amp;amp;", "&#0;", "&#x110000;", "<", ">", "<>", "</", "<!-- -->", "<tg-spoiler>",
    "<pre><code>",
    "*bold*", "_under_", "[x](tg://user?id=1)", "`code`", "~x~", "||x||", "\\", "{name}", "{ $age }",
    "{{7*7}}",
    "${7*7}", "%s%n%d", "%(token)s", "$(reboot)", "'; DROP TABLE chats; --", '" OR 1=1',
    "../../etc/passwd",
)  # fmt: skip
INVISIBLE = (
    "\u202e", "\u202a", "\u2066", "\u2067", "\u2069", "\u200b", "\u200d", "\u200e", "\u200f", "\ufeff",
    "\u00ad",
    "\u2028", "\u2029", "\u0085", "\x00", "\x01", "\x07", "\x08", "\x1b[31m", "\x7f", "\r", "\r\n",
    "\t", "\v",
    "\U000e0001", "\ufffe", "\uffff", "\U0010ffff", "\u115f", "\u3164",
)  # fmt: skip
HALVES = ("\ud800", "\udfff", "\ud83d", "\ude00", "\ude00\ud83d", "a\ud800b")
STACKED = ("e" + "\u0301" * 300, "Z" + "\u0335\u0322\u0348" * 80, "\u0e01" + "\u0e49" * 200, "\u0300")
EMOJI = ("👨‍👩‍👧‍👦", "🏳️‍🌈", "👍🏿", "🇨🇳", "🇨", "1️⃣", "🫠", "😀")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1")
NUMBERS = (
    "9" * 400, "-47", "+47", "47.5", "4,7", "0x2F", "1e3", "1e400", "NaN", "inf", "٤٧", "४७", "４７",
    "四十七",
    "Ⅳ", "½", "²", "①", "47" + "\u200b", "٤7", "0" * 5000 + "47", "𝟒𝟕", "10" * 50, "-0", "47\ud800", "៤៧",
)  # fmt: skip
NAMES = (
    "محمد",
    "שלום",
    "\u202eniL",
    "Li <b>",
    "O'Neil",
    "null",
    "undefined",
    "Iñtërnâtiônàl",
    "ﷺ" * 10,
    "İ",
    "ß",
    "ﬁ",
)
WORDS = (
    "yes", "no", "not sure", "1", "2", "3", "47", "17", "18", "help", "stop", "I cannot breathe",
    "我喘不过气", "是",
    "否", "不确定", "thank you", "?", "Will my insurance pay?", "continue", "start", "language", "back", "👍",
    "erase", "Yes / 是", "i want to die", "我不想活了", "/", "//", "/ ", "/@", "/start@", "/unknown", "/STOP",
)  # fmt: skip
COMMANDS = (
    "/start", "/help", "/status", "/back", "/review", "/language", "/pause", "/stop",
    "/mydata", "/delete",
    "/privacy", "/contact",
)  # fmt: skip
PAYLOADS = (
    "NCT06203249", "NCT06203249_flyer-7", "NCT06203249_", "NCT06203249_<b>", "_", "NCT99999999",
    "x" * 64, "\x00",
    "NCT06203249_" + "é" * 9, "NCT06203249 NCT06203249", "../x", "NCT06203249_" + "a" * 400, "\ud800",
)  # fmt: skip
PIECES = (*MARKUP, *INVISIBLE, *HALVES, *STACKED, *EMOJI, *FORMULAS, *NUMBERS, *NAMES, *WORDS)
HUGE = 2000
"""One text in so many is a megabyte."""


def short(chance: Random) -> str:
    """Return something for a name, a title, a label."""
    return chance.choice(PIECES)


def typed(chance: Random) -> str:  # noqa: PLR0911 -- one line a kind
    """Return what somebody may type."""
    kind = chance.random()
    if kind < 1 / HUGE:
        return _huge(chance)
    if kind < 0.3:
        return chance.choice(WORDS)
    if kind < 0.45:
        return chance.choice(COMMANDS) + chance.choice(
            ["", "", " ", "@doorstep_bot", " <b>", " \ud800 x", "\x00"]
        )
    if kind < 0.5:
        return f"/start {chance.choice(PAYLOADS)}"
    if kind < 0.6:
        return chance.choice(NUMBERS)
    if kind < 0.62:
        return chance.choice(EMOJI) * 4096
    if kind < 0.65:
        return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randint(1, 60)))
    return "".join(
        chance.choice(PIECES) + chance.choice(["", " ", "\n"]) for _ in range(chance.randint(1, 4))
    )


def _huge(chance: Random) -> str:
    return (chance.choice(PIECES) * 1_000_000)[:1_000_000]
