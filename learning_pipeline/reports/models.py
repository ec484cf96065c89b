"""Pictures of a trained model: whether its probabilities are what they say, and what it looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from learning_pipeline.reports.canvas import MUTED, SAVES, WIDE, Drawing, ruled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_FEATURES = 15


def reliability_drawing(bins: Sequence[tuple[float, float, int]], threshold: float) -> Drawing | None:
    """Share of successes against predicted probability, out of fold; None with fewer than two bins.

    Parameters
    ----------
    bins : sequence of (predicted, observed, n)
        From the least probable on.
    threshold : float
        Probability at which a trade breaks even.
    """
    return Drawing(WIDE, 3.4, lambda axes: _draw_bins(axes, bins, threshold)) if len(bins) > 1 else None


def importance_drawing(gains: Mapping[str, float]) -> Drawing | None:
    """Share of the gain of all splits by feature, the largest above; None where there is no split."""
    total = sum(gains.values())
    if not total:
        return None
    shown = sorted(gains.items(), key=lambda item: (item[1], item[0]))[-MOST_FEATURES:]
    shares = {name: gain / total for name, gain in shown}
    return Drawing(WIDE, 0.8 + 0.26 * len(shares), lambda axes: _draw_shares(axes, shares))


def _draw_bins(axes: Axes, bins: Sequence[tuple[float, float, int]], threshold: float) -> None:
    predicted, observed, counts = zip(*bins, strict=True)
    low, high = min(*predicted, *observed), max(*predicted, *observed)
    axes.plot([low, high], [low, high], color=MUTED, linewidth=1.0)
    axes.axvline(threshold, color=MUTED, linewidth=0.8, linestyle=":")
    axes.plot(predicted, observed, color=SAVES, linewidth=1.2)
    axes.scatter(predicted, observed, s=[12 + 60 * n / max(counts) for n in counts], color=SAVES)
    axes.set_xlabel("predicted probability of a success (dotted: break-even)")
    axes.set_ylabel("share of successes")


def _draw_shares(axes: Axes, shares: Mapping[str, float]) -> None:
    ruled(axes, "x")
    axes.barh(list(shares), list(shares.values()), color=SAVES, height=0.6)
    axes.set_xlabel("share of the gain of all splits")
