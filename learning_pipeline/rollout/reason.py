"""Why a model may not be moved."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

MENDED_BY_WAITING = frozenset(
    {"not_approved", "shadow_too_short", "too_few_shadow_scores", "mode_is_shadow", "learning_disabled"}
)
"""What may come to be without another request or approval: more data, a setting, a person's answer."""


class Reason(NamedTuple):
    """One fault: a stable word for machines, and what is wrong for people."""

    code: str
    words: str

    @property
    def may_pass(self) -> bool:
        """Whether it may pass without anything being asked or approved anew."""
        return self.code in MENDED_BY_WAITING


def same_person(one: str, other: str) -> bool:
    """Whether two names are written for the same person: case, width and spaces do not make another.

    >>> same_person("Ada  Lovelace", " ada lovelace "), same_person("Ada", "Bob")
    (True, False)
    """
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
