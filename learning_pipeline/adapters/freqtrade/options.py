"""What a person may choose when freqtrade's files are imported."""

from __future__ import annotations

from typing import NamedTuple


class FreqtradeOptions(NamedTuple):
    """Choices of an import; as they stand, everything is read that cannot run code."""

    pickles: bool = False
    """Read ``_rejected.pkl`` and ``_signals.pkl``: in a process of their own that may neither write nor connect."""

    strategies: tuple[str, ...] = ()
    """Only these strategies; empty: all."""

    source: str | None = None
    """``source`` of the events; None: named after strategy and run."""
