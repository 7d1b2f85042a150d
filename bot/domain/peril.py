"""What an emergency seems to be about, so that the first lines fit it."""

from __future__ import annotations

from enum import StrEnum


class Peril(StrEnum):
    """The kinds with words of their own, in the order in which they are looked for.

    What could endanger somebody by being read over their shoulder comes first, then what cannot wait.
    """

    VIOLENCE = "violence"
    POISONING = "poisoning"
    PREGNANCY = "pregnancy"
    SELF_HARM = "self_harm"
    GENERAL = "general"
