"""Which of the windows that were computed a report looks at."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

USUAL_DAYS = 90


class Window(NamedTuple):
    """Days of decisions up to the end of ``as_of``; ``asked`` says in words why these days."""

    as_of: dt.date
    days: int
    asked: str = ""

    @property
    def first(self) -> dt.date:
        """First day of the window."""
        return self.as_of - dt.timedelta(days=self.days - 1)

    @property
    def length(self) -> str:
        """Its days, counted."""
        return _days(self.days)

    @property
    def words(self) -> str:
        """The window in words.

        >>> Window(dt.date(2024, 3, 30), 30).words
        '30 days to 2024-03-30'
        """
        return f"{self.days} days to {self.as_of}" if self.days > 1 else f"1 day, {self.as_of}"


def choose_window(computed: list[int], as_of: dt.date, hours: float | None = None) -> Window:
    """The shortest window that covers the hours asked for, else the longest; unasked 90 days, else the longest.

    Parameters
    ----------
    computed : list of int
        Windows that the tables hold, days; at least one.
    as_of : date
        Newest day of the tables.
    hours : float, optional
        How far back the reader wants to look.

    Returns
    -------
    Window

    Examples
    --------
    >>> choose_window([1, 30, 90], dt.date(2024, 3, 30), hours=25).days
    30
    >>> choose_window([1, 7], dt.date(2024, 3, 30)).days
    7
    """
    longest = max(computed)
    if hours is None:
        return Window(as_of, USUAL_DAYS if USUAL_DAYS in computed else longest)
    covering = [days for days in computed if days * 24 >= hours]
    asked = f"You asked for {hours:g} hours; "
    if not covering:
        return Window(as_of, longest, f"{asked}the longest window that was computed is {longest} days, which is less.")
    days = min(covering)
    return Window(as_of, days, f"{asked}the shortest window that was computed and covers them is {_days(days)}.")


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"
