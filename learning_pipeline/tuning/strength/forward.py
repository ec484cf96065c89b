"""What came after a selection: whether trades went the way that it says."""

from __future__ import annotations

import math
from typing import NamedTuple


class Forward(NamedTuple):
    """Trades of known direction closed after a selection; whole numbers, so that they add up in any order.

    Attributes
    ----------
    n : int
        Trades.
    agreement : int
        Sum over them of sign(dir) * direction, for A and E together: -2 to 2 each.
    squares : int
        Sum of the squares of its day totals.
    """

    n: int = 0
    agreement: int = 0
    squares: int = 0

    def after(self, n: int, agreement: int) -> Forward:
        """With one more day's trades."""
        return Forward(self.n + n, self.agreement + agreement, self.squares + agreement**2)

    @property
    def mean(self) -> float | None:
        """Agreement per trade; None before the first."""
        return self.agreement / self.n if self.n else None

    def p(self, n_days: int) -> float | None:
        """Chance of so much agreement, were the expected day total 0: one-sided t on the totals of ``n_days`` days.

        None below two days, and where all days are equal: no spread was seen, which is no proof. Days without a trade
        count as 0. Day totals, not trades: those of one day share its market.

        >>> round(Forward(n=12, agreement=12, squares=24).p(20), 4)  # 2 on six days of twenty
        0.0051
        """
        spread = n_days * self.squares - self.agreement**2
        if n_days < 2 or spread <= 0:
            return None
        from scipy import special  # noqa: PLC0415  # slow to import; who only reads tables never tests

        return float(special.stdtr(n_days - 1, -self.agreement / math.sqrt(spread / (n_days - 1))))
