"""Exploration: some blocked signals are traded after all, by a draw whose chance is written down.

What a guard blocked is never traded, so only a simulator knows what it would have earned. A random few that are traded
tell of all the others, because chance alone chose them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from learning_pipeline.paper.chance import uniform
from learning_pipeline.paper.settings import PaperSettings

DAY_US = 86_400_000_000


class Draw(NamedTuple):
    """What became of a blocked signal: ``propensity`` is the probability with which just this answer was drawn."""

    admitted: bool
    propensity: float


@dataclass
class Exploration:
    """Admissions of a UTC day within their budget.

    The chance is that of the instant: ``exploration_rate`` while the day's budget lasts, 0 from then on. So the budget
    is in every propensity, and a block that no draw could have turned carries 1. A budget that cut admissions off
    behind an unchanged propensity would make every estimate from them wrong.
    """

    settings: PaperSettings
    _day: int = -1
    _admitted: int = 0

    def draw(self, at_us: int, signal_id: str, *, admissible: bool) -> Draw | None:
        """Draw for a blocked signal; None where this bot does not explore.

        Parameters
        ----------
        at_us : int
            Instant of the signal, microseconds since 1970, never before that of the last call.
        admissible : bool
            False where something other than a gate stands against the trade: it has no chance.
        """
        if self.settings.exploration_rate == 0:
            return None
        if at_us // DAY_US != self._day:
            self._day, self._admitted = at_us // DAY_US, 0
        chance = self._chance() if admissible else 0.0
        admitted = uniform(f"{self.settings.seed}/exploration/{signal_id}") < chance
        self._admitted += admitted
        return Draw(admitted, chance if admitted else 1.0 - chance)

    def _chance(self) -> float:
        spent = self._admitted >= self.settings.exploration_max_per_day
        return 0.0 if spent else self.settings.exploration_rate
