"""One line of the learning system's log, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple


class Entry(NamedTuple):
    """What happened, and with which numbers; rooms return entries, stores write them.

    Attributes
    ----------
    what : str
        The group of entries, such as ``ALLOCATION UPDATE`` (seed learning-update-plan "Learning System Logging Plan").
    fields : mapping
        Name to value, in the order in which they are shown; None is a dash. A scope is shown best as a mapping.
    level : str
        WARNING: data missing, or work left out; ERROR: it failed.

    Examples
    --------
    >>> str(Entry("ROI UPDATE", {"timeframe": "15m", "roi_short": -0.08641, "n": 14, "note": "two words"}))
    'ROI UPDATE | timeframe=15m | roi_short=-0.08641 | n=14 | note="two words"'
    >>> str(Entry("ALLOCATION UPDATE", {"new": {"15m": 0.1503, "1h": 0.4997}}))
    'ALLOCATION UPDATE | new={15m:0.1503,1h:0.4997}'
    """

    what: str
    fields: Mapping[str, Any] = {}
    level: Literal["INFO", "WARNING", "ERROR"] = "INFO"

    def __str__(self) -> str:
        return " | ".join([self.what, *(f"{name}={_word(value)}" for name, value in self.fields.items())])


def _word(value: Any) -> str:
    """Quoted where it holds what separates fields; a bot's words cannot begin a line of their own."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_word(k)}:{_word(v)}" for k, v in value.items()) + "}"
    text = "-" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    plain = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    needs_quotes = not plain or any(c in plain for c in ' |="{},')
    return '"' + plain.replace('"', '\\"') + '"' if needs_quotes else plain
