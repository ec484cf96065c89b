"""Trades folded in their order, day by day as they come to be known; a late one at its place."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from learning_pipeline.allocation.settings import AllocationSettings
from learning_pipeline.allocation.state import DAY_US, State
from learning_pipeline.allocation.step import Step, Trade, step
from learning_pipeline.allocation.tables import OTHER_BOOK


class Fold:
    """The fold over all trades that are known, in the order (close, trade_id), each trade_id once.

    Parameters
    ----------
    before : State
        After every trade that closed before those which will be learned of.
    """

    def __init__(self, before: State, settings: AllocationSettings) -> None:
        self._before, self._settings = before, settings
        self._known: dict[str, Trade] = {}
        self._by_day: dict[int, list[Trade]] = {}
        self._days: list[int] = []
        self._after: dict[int, State] = {}

    @property
    def state(self) -> State:
        """After every trade that is known."""
        return self._after[self._days[-1]] if self._days else self._before

    def learn(self, versions: Iterable[Trade]) -> Iterator[tuple[Trade, Step]]:
        """Take in trades that came to be known, or were corrected, on one day.

        Yields
        ------
        Trade, Step
            From the first place on where anything changed; `state` is as of the day once all are taken.
        """
        places = [place for trade in versions for place in self._taken_in(trade)]
        if not places:
            return
        first = min(places)
        start = bisect_left(self._days, first[0] // DAY_US)
        state = self._after[self._days[start - 1]] if start else self._before
        for day in self._days[start:]:
            for trade in self._by_day[day]:
                done = step(state, trade, self._settings)
                state = done.state
                if trade[:2] >= first:
                    yield trade, done
            self._after[day] = state

    def _taken_in(self, trade: Trade) -> list[tuple[int, str]]:
        """Places at which the order of trades changes."""
        old = self._known.get(trade.trade_id)
        if old is None and trade.ignored == OTHER_BOOK:
            return []
        if old == trade:
            return []
        if old is not None:
            self._by_day[old.at_us // DAY_US].remove(old)
        self._known[trade.trade_id] = trade
        day = trade.at_us // DAY_US
        if day not in self._by_day:
            self._by_day[day] = []
            insort(self._days, day)
        insort(self._by_day[day], trade)
        return [each[:2] for each in (old, trade) if each is not None]
