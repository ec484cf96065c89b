"""Lessons in words, as the seed's log has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.settings import TuningSettings


def lesson_line(lesson: Mapping[str, Any]) -> str:
    """What a lesson rests on; a rate that is not defined is a dash.

    >>> lesson_line({"pattern_key": "p", "scope": "{}", "n": 3, "wr": 0.5, "fpr": 0.5, "mr": None, "dr": None})
    'lesson | pattern=p | scope={} | n=3 | wr=0.500 fpr=0.500 mr=- dr=-'
    """
    rates = " ".join(f"{name}={_rate(lesson[name])}" for name in ("wr", "fpr", "mr", "dr"))
    return f"lesson | pattern={lesson['pattern_key']} | scope={lesson['scope']} | n={lesson['n']} | {rates}"


def simulation_line(lesson: Mapping[str, Any], settings: TuningSettings) -> str:
    """What was tried on a lesson and what was found, or why nothing was."""
    grid = Grid.of(settings.levers)
    tried = f"simulations={grid.n_simulations} policies={grid.size} pruned={lesson['n_pruned']}"
    return f"simulation | pattern={lesson['pattern_key']} | scope={lesson['scope']} | {tried} | {_best(lesson)}"


def _best(lesson: Mapping[str, Any]) -> str:
    if lesson["policy"] is None:
        return f"no change: {lesson['reason']}"
    ratio = "-" if lesson["ratio"] is None else f"{lesson['ratio']:.1f}x"
    changed = f"{lesson['misses_caught']} misses_caught, {lesson['failures_added']} failures_added"
    return f"best={lesson['policy']} ratio={ratio} ({changed})"


def _rate(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.3f}"
