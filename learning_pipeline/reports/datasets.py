"""How much single features tell of the label, for the datasets' asset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from learning_pipeline.datasets.leakage import FeatureFacts
from learning_pipeline.reports.canvas import SAVES, UNSURE, WIDE, Drawing, ruled
from learning_pipeline.reports.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUSPICIOUS = 0.65
"""A single feature that tells so much of the label of a market is a leak more often than an edge."""


def features_drawing(facts: Sequence[FeatureFacts]) -> Drawing | None:
    """A bar per feature from 0.5 to its AUC, the most telling on top; None where none tells anything."""
    return Drawing(WIDE, 0.6 + 0.26 * len(facts), lambda axes: _draw(axes, facts)) if facts else None


def _draw(axes: Axes, facts: Sequence[FeatureFacts]) -> None:
    names = [label(fact.feature) for fact in facts][::-1]
    away = [(fact.auc or 0.5) - 0.5 for fact in facts][::-1]
    colours = [UNSURE if abs(each) < SUSPICIOUS - 0.5 else SAVES for each in away]
    axes.barh(names, away, color=colours)
    ruled(axes, "x")
    axes.set_xlabel("AUC of the feature alone, less 0.5")
    axes.set_title(f"blue, beyond {SUSPICIOUS - 0.5:g}: look for a leak", loc="left", fontsize=10.5)
