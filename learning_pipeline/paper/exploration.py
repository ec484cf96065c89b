"""Exploration: some blocked signals are traded after all, by a draw whose chance is written down.

What a guard blocked is never traded, so only a simulator knows what it would have earned. A random few that are traded
tell of all the others, because chance alone chose them.
"""

from __future__ import annotations

from typing import NamedTuple

from learning_pipeline.paper.chance import uniform
from learning_pipeline.paper.settings import PaperSettings


class Draw(NamedTuple):
    """What became of a blocked signal: ``propensity`` is the probability with which just this answer was drawn."""

    admitted: bool
    propensity: float


def draw(signal_id: str, settings: PaperSettings, *, admissible: bool) -> Draw:
    """Draw for a blocked signal, by seed and signal alone.

    The chance is ``exploration_rate`` where the trade could be made at all, else 0. So everything that stands against
    it, the budgets of the learning book included, is asked before the draw and is in every propensity: a block that no
    draw could have turned carries 1. What cut admissions off behind an unchanged propensity would make every estimate
    from them wrong.

    Parameters
    ----------
    admissible : bool
        False where something other than a gate stands against the trade: it has no chance.
    """
    chance = settings.exploration_rate if admissible else 0.0
    admitted = uniform(f"{settings.seed}/exploration/{signal_id}") < chance
    return Draw(admitted, chance if admitted else 1.0 - chance)
