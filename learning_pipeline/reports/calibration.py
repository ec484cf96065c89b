"""How far simulated money is from real money: a sentence for wherever simulated money stands, a table, a scatter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.reports.canvas import INK, MUTED, SAVES, WIDE, Drawing, thinned
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import count, interval, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ALL = "*"
TITLE = "How far simulated money is off"
COLUMNS = ("strategy", "compared", "not yet", "real, USD", "simulated, USD", "bias, USD", "95 % interval")


def calibration_section(facts: Facts, window: Window) -> Section:
    """Real against simulated results of what was approved and traded."""
    if facts.calibration is None:
        return Section("calibration", TITLE, ("This warehouse has no calibration, so none is shown.",))
    said = bias_in_words(facts.calibration)
    rows = facts.calibration.sort(pl.col("strategy") != ALL, "strategy").to_dicts()
    grid = Grid(f"Real minus simulated, {window.words}", COLUMNS, [_cells(row) for row in rows], frozenset(COLUMNS[1:]))
    caption = (
        "Each point is an approved decision with both results, USD on the decision's own size; on the line both are "
        "equal, above it the trade did better than its simulation."
    )
    note = (
        "Only what was approved can be compared. Blocked decisions may be off by another amount: exploration is what "
        "tells. A bot that trims or trails its exits differs from the simulated stop, target and end of life."
    )
    drawing = pairs_drawing(facts.pairs) if facts.pairs is not None else None
    return Section("calibration", TITLE, (said,), pictured(drawing, "calibration", said, caption), (grid,), (note,))


def pairs_drawing(pairs: pl.DataFrame) -> Drawing | None:
    """Real against simulated net PnL; None with fewer than two pairs.

    Parameters
    ----------
    pairs : DataFrame
        As `analysis.calibration_pairs` gives it; of very many an even share is drawn.
    """
    shown = pairs[thinned(pairs.height)] if pairs.height > 1 else pairs
    return Drawing(WIDE, 3.6, lambda axes: _draw(axes, shown)) if shown.height > 1 else None


def _draw(axes: Axes, pairs: pl.DataFrame) -> None:
    shadow, real = pairs["shadow_net_pnl_usd"].to_numpy(), pairs["real_net_pnl_usd"].to_numpy()
    low, high = min(shadow.min(), real.min()), max(shadow.max(), real.max())
    axes.axhline(0, color=MUTED, linewidth=0.6)
    axes.axvline(0, color=MUTED, linewidth=0.6)
    axes.plot([low, high], [low, high], color=INK, linewidth=1.0)
    axes.scatter(shadow, real, s=14, facecolors="none", edgecolors=SAVES, linewidths=0.9)
    axes.set_xlabel("simulated, USD")
    axes.set_ylabel("real, USD")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    name = "all together" if row["strategy"] == ALL else row["strategy"]
    counts = f"{row['n']:,}", f"{row['n_pending']:,}"
    if not row["n"]:
        return name, *counts, "none", "none", "unknown", "none: nothing to compare"
    sums = [money(row[c]) for c in ("real_net_pnl_usd", "shadow_net_pnl_usd", "bias_usd")]
    return name, *counts, *sums, interval(row["ci_low_usd"], row["ci_high_usd"]) or "none: too few days"


def bias_notes(facts: Facts) -> tuple[str, ...]:
    """The sentence, for a section that shows simulated money."""
    return () if facts.calibration is None else (bias_in_words(facts.calibration),)


def bias_in_words(rows: pl.DataFrame) -> str:
    """What ``analysis.calibration`` says of all strategies together.

    Parameters
    ----------
    rows : DataFrame
        ``analysis.calibration`` of one as_of and window.

    Returns
    -------
    str
        One sentence: the bias with its interval and number, or that nothing can be compared.

    Examples
    --------
    >>> row = {"strategy": "*", "n": 41, "bias_usd": 12.0, "ci_low_usd": 5.0, "ci_high_usd": 19.0}
    >>> print(bias_in_words(pl.DataFrame([row])).removeprefix("Where 41 approved decisions were traded too, "))
    real money was +12.00 USD off the simulated (95 % interval +5.00 to +19.00): the simulator promises too little.
    """
    both = rows.filter(pl.col("strategy") == ALL, pl.col("n") > 0)
    if both.is_empty():
        return "No approved decision was both traded and simulated: how far simulated money is off is not known."
    row = both.row(0, named=True)
    were = "was" if row["n"] == 1 else "were"
    said = (
        f"Where {count(row['n'], 'approved decision')} {were} traded too, real money was {money(row['bias_usd'])} USD"
    )
    return f"{said} off the simulated ({_how_sure(row['ci_low_usd'], row['ci_high_usd'])}){_verdict(row)}"


def _how_sure(low: float | None, high: float | None) -> str:
    return f"95 % interval {interval(low, high)}" if low is not None else "too few days for an interval"


def _verdict(row: dict[str, float | None]) -> str:
    low, high = row["ci_low_usd"], row["ci_high_usd"]
    if low is None or high is None:
        return "."
    if low > 0:
        return ": the simulator promises too little."
    return ": the simulator promises too much." if high < 0 else ": no bias is shown."
