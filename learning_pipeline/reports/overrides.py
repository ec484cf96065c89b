"""What lessons selected: what each change did on the data that chose it, and what it did since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.reports.canvas import COSTS, MUTED, SAVES, UNSURE, WIDE, Drawing
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.words import count, fraction, label
from learning_pipeline.stats import wilson_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Overrides"
COLUMNS = ("pattern and slice", "change", "state", "chosen on", "since then")
MOST = 12
WORTH = 2 / 3
"""Share of successes at two misses caught per failure added."""


def overrides_section(facts: Facts) -> Section:
    """Overrides in the shadow and in force, with the evidence that chose them and the evidence since."""
    if facts.overrides is None:
        return Section("overrides", TITLE, ("This warehouse has no table of overrides, so none is shown.",))
    live = _largest_first(facts.overrides.filter(pl.col("state") != "retired"))
    says = (_counts(facts.overrides), _noise(facts.tested))
    if live.is_empty():
        return Section("overrides", TITLE, says)
    caption = (
        "Share of successes among what each change newly admits: hollow on the data that chose it, filled since, with "
        "95 % intervals (Wilson). Right of the line at two thirds it catches two misses per failure added. A hollow "
        "mark far right of its filled one is what choosing the best of many looks like."
    )
    title = "In force or on trial" if live.height <= MOST else f"The {MOST} of {live.height} with the most decisions"
    grid = Grid(title, COLUMNS, [_cells(row) for row in live.head(MOST).to_dicts()])
    note = (
        "A change comes into force by a permutation test of every lesson at once, or by what it did after it was "
        "chosen; until then it moves nothing. It stays for 90 days, or until failures outnumber successes over ten or "
        "more; a trial ends after a year. `learning-pipeline overrides` shows what a bot should use now."
    )
    return Section(
        "overrides", TITLE, says, pictured(overrides_drawing(live), "overrides", says[0], caption), (grid,), (note,)
    )


def overrides_drawing(live: pl.DataFrame) -> Drawing | None:
    """Evidence before and after, the largest changes first; None without any selection of a lesson.

    Parameters
    ----------
    live : DataFrame
        One row per override: ``pattern_key, scope, state, benefit, harm, forward_benefit, forward_harm``.
    """
    shown = _largest_first(live.filter(pl.col("benefit").is_not_null())).head(MOST).to_dicts()[::-1]
    return Drawing(WIDE, 0.9 + 0.38 * len(shown), lambda axes: _draw(axes, shown)) if shown else None


def _largest_first(live: pl.DataFrame) -> pl.DataFrame:
    """What is in force first, then by the decisions that it changed, before and since."""
    size = pl.sum_horizontal("benefit", "harm", "forward_benefit", "forward_harm")
    return live.sort("state", size, "pattern_key", "scope", descending=[False, True, False, False])


def _draw(axes: Axes, rows: list[dict[str, Any]]) -> None:
    axes.axvline(WORTH, color=MUTED, linewidth=1.0)
    axes.axvline(0.5, color=MUTED, linewidth=0.6, linestyle=(0, (2, 3)))
    for height, row in enumerate(rows):
        colour = SAVES if row["state"] == "active" else UNSURE
        _mark(axes, height + 0.14, row["benefit"], row["harm"], MUTED, "none")
        worse = row["forward_benefit"] < row["forward_harm"]
        _mark(axes, height - 0.14, row["forward_benefit"], row["forward_harm"], COSTS if worse else colour, None)
    axes.set_yticks(range(len(rows)), ["\n".join(map(label, _name(row))) for row in rows], fontsize=8.5)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(0, 1)
    axes.set_xlabel("successes of what it newly admits")
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")


def _mark(axes: Axes, height: float, won: int, lost: int, colour: str, face: str | None) -> None:
    reach = wilson_interval(won, won + lost)
    if reach is not None:
        axes.plot(reach, [height, height], color=colour, linewidth=1.2)
        share = won / (won + lost)
        axes.plot([share], [height], "o", markersize=5, markeredgecolor=colour, markerfacecolor=face or colour)


def _name(row: dict[str, Any]) -> list[str]:
    """Pattern and, where it is one, slice."""
    slice_ = row["scope"].strip("{}").replace('"', "").replace(":", "=")
    return [row["pattern_key"] or "every pattern", *([slice_] if slice_ else [])]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    tested = "" if row["p_value"] is None else f" (p {row['p_value']:.4f}, q {row['q_value']:.4f})"
    state = f"{row['state']} since {row['since']}: {row['reason'].replace('_', ' ')}{tested}"
    before, after = (_won(row[f"{when}benefit"], row[f"{when}harm"]) for when in ("", "forward_"))
    return ", ".join(_name(row)), row["change"] or "none", state, before, after


def _won(won: int | None, lost: int | None) -> str:
    if won is None or lost is None:
        return ""
    return f"{won} won, {lost} lost" + (f" ({fraction(won / (won + lost))})" if won + lost else "")


def _counts(every: pl.DataFrame) -> str:
    if every.is_empty():
        return "No lesson has selected a change yet."
    n = {state: every.filter(pl.col("state") == state).height for state in ("active", "shadow", "retired")}
    words = f"{n['active']} in force, {n['shadow']} on trial, {n['retired']} retired."
    return (
        f"{count(every.height, 'override')} so far: {words}" if every.height else "No lesson has selected a change yet."
    )


def _noise(tested: pl.DataFrame | None) -> str:
    """What the permutation says of all lessons at once: how many would look this good by luck."""
    if tested is None or not tested["n"].sum():
        return "No lesson has been tested yet: that is done every 30 days."
    row = tested.row(0, named=True)
    by_luck = 0.05 * row["n"]
    return (
        f"Of {count(row['n'], 'lesson')} tested on {row['as_of']}, {row['n_small']} had p at or below .05; where no "
        f"lesson had anything to it, {by_luck:.1f} would. {row['n_passed']} passed at a false discovery rate of 5 %."
    )
