"""How far equity has fallen from its highest of late."""

from __future__ import annotations

from collections import deque


class Drawdown:
    """Equity at the start of each of the last days; forgetting older peaks lets a bot that stood still trade again."""

    def __init__(self, days: int) -> None:
        self._equity: deque[float] = deque(maxlen=days)

    def day(self, equity_usd: float) -> None:
        """Note the equity of a new day."""
        self._equity.append(equity_usd)

    def now(self, equity_usd: float) -> float:
        """Fall from the highest of those days and now, a fraction of it: 0 at a peak and before the first trade.

        >>> falls = Drawdown(days=2)
        >>> falls.day(100.0)
        >>> falls.now(90.0), falls.now(120.0)
        (0.1, 0.0)
        """
        peak = max([equity_usd, *self._equity])
        return (peak - equity_usd) / peak if peak > 0 else 1.0
