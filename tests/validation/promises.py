"""All promises, in the order of their numbers."""

from __future__ import annotations

import re

from tests.validation import delivery, judgement, trust
from tests.validation.promise import Promise


def _place(each: Promise) -> tuple[int, str]:
    number = re.fullmatch(r"R(\d+)", each.id)
    return (int(number[1]), "") if number else (99, each.id)


PROMISES = tuple(sorted((*delivery.PROMISES, *judgement.PROMISES, *trust.PROMISES), key=_place))
