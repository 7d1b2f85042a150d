"""Who somebody is: how fast, how careful, how often they change their mind."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random  # noqa: TID251 -- repeatable chance is what the simulation is about

FREE = ("Is it dangerous", "Who pays for it", "疼不疼", "Can I bring my wife")
TO_A_PERSON = ("You can call me on Monday", "Thank you, I will ask my doctor", "好的，谢谢", "1")
NONSENSE = ("hmm", "lorem ipsum", "👍", "no yes", "9", "maybe later", "好吧")
EMERGENCY = ("I cannot breathe", "I am coughing up blood", "我喘不上气")
NOT_AN_AGE = ("1985", "17-18", "-3", "about forty", "44.5", "500")
_PHONES = ("en", "en", "zh-hans", "zh-cn", "es", None)


@dataclass(frozen=True, slots=True)
class Temper:
    """Chances of doing this or that, and seconds between two deeds."""

    phone: str | None
    pace: float
    usual: float
    """Gives the answer that lets the screening go on."""
    types: float
    types_age: float
    twice: float
    """Does the same thing again at once."""
    odd: float
    young: float = 0.05
    most_rounds: int = 2

    def wishes(self, offered: set[str], chance: Random) -> str | None:
        """Return what they want of the offered, `rest` where that is enough; None where it is all one."""
        for choices in _WISHES:
            if next(iter(choices)) in offered:
                wanted = {key: weight for key, weight in choices.items() if key in offered | _ALWAYS}
                return chance.choices(list(wanted), list(wanted.values()))[0]
        return None


_ALWAYS = frozenset({"rest", "write"})
_WISHES: tuple[dict[str, float], ...] = (
    {"submit": 12, "change": 2, "person": 0.5},
    {"accept": 40, "decline": 1, "back": 1},
    {"contact_yes": 6, "contact_no": 3, "change": 1},
    {"recheck_yes": 6, "recheck_no": 3, "change": 1},
    {"pass_on": 5, "drop": 5},
    {"erase": 6, "keep": 3},
    {"remind_yes": 6, "continue": 3, "rest": 1},
    {"remind_no": 1, "continue": 3, "rest": 8},
    {"leave_talk": 3, "write": 6, "rest": 4},
    {"continue": 1},
    {"start": 20, "about": 2, "language": 1},
    {"not_now": 5, "again": 3, "rest": 2},
    {"go_on": 4, "again": 1, "rest": 6},
    {"again": 1, "change": 1, "about": 0.5, "person": 0.5, "rest": 12},
)


def temper(chance: Random) -> Temper:
    """Return somebody."""
    return Temper(
        phone=chance.choice(_PHONES),
        pace=chance.choice([2.0, 5.0, 10.0, 30.0]),
        usual=chance.choice([0.95, 0.9, 0.6]),
        types=chance.choice([0.0, 0.3, 0.9]),
        types_age=chance.choice([0.2, 0.9]),
        twice=chance.choice([0.0, 0.05, 0.25]),
        odd=chance.choice([0.02, 0.08, 0.2]),
    )
