"""What each guard saved and cost: the picture, the table, and what its verdict is of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.reports.calibration import bias_notes
from learning_pipeline.reports.canvas import COSTS, INK, MUTED, PAPER, SAVES, UNSURE, WIDE, Drawing, ruled
from learning_pipeline.reports.cost import newest_cost
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import VERDICT_MARKS, count, decimals_for, interval, label, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS: dict[str, dict[str, Any]] = {
    "saves": {"facecolor": SAVES, "edgecolor": SAVES},
    "costs": {"facecolor": PAPER, "edgecolor": COSTS, "hatch": "////"},
    "inconclusive": {"facecolor": PAPER, "edgecolor": UNSURE},
}
"""Filled, hatched, hollow: readable without colour."""
MOST_BARS = 20
COLUMNS = ("guard", "verdict", "saved, USD", "95 % interval", "q", "blocked", "still open", "no outcome")
MONEY = ("basis_net_saved_usd", "ci_low_usd", "ci_high_usd")
OTHERWISE = ("net_saved_usd", "shapley_usd")
UNJUDGED = "nothing: each of its blocks had another guard behind it, or is not settled"


def guards_section(facts: Facts, window: Window) -> Section:
    """Verdict of every guard of the window."""
    if facts.guards.is_empty():
        nothing = f"No guard is known to have blocked anything in {window.words}."
        return Section("guards", "What each guard saved and cost", (nothing, *_unrecorded(facts)))
    rows = ranked(facts.guards)
    caption = (
        f"USD over {window.words}; bars are what the verdict is of, whiskers 95 % intervals. "
        "Filled and \u25b2: saves; hatched and \u25bc: costs; hollow and \u25cb: inconclusive."
    )
    says = "; ".join(f"{row['guard']}: {row['verdict']}, {money(row['basis_net_saved_usd'])} USD" for row in rows)
    return Section(
        "guards",
        "What each guard saved and cost",
        (_meaning(rows), *_sum_in_words(facts, window), *_unrecorded(facts)),
        pictured(guards_drawing(facts.guards), "guards", says, caption),
        (_grid(rows, window), _judged_on(rows, window)),
        (*_notes(), *bias_notes(facts)),
    )


def ranked(guards: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows, the largest saving first; guards that cannot be judged last."""
    judged = pl.col("n_marginal") > 0
    return guards.sort(judged, "basis_net_saved_usd", "guard", descending=[True, True, False]).to_dicts()


def guards_drawing(guards: pl.DataFrame) -> Drawing | None:
    """One bar per guard with its interval; None where there is no guard.

    Parameters
    ----------
    guards : DataFrame
        ``analysis.guard_effectiveness`` of one as_of and window.
    """
    rows = _most_telling(ranked(guards))
    return Drawing(WIDE, 0.9 + 0.52 * len(rows), lambda axes: _draw(axes, rows)) if rows else None


def _most_telling(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows themselves, of very many those that moved most money."""
    kept = sorted(range(len(rows)), key=lambda k: -abs(rows[k]["basis_net_saved_usd"]))[:MOST_BARS]
    return [rows[k] for k in sorted(kept)]


def _draw(axes: Axes, rows: list[dict[str, Any]]) -> None:
    ruled(axes, "x")
    for k, row in enumerate(rows):
        if row["n_marginal"]:
            _draw_bar(axes, k, row)
        else:
            _say(axes, k, "not judged")
    axes.set_yticks(range(len(rows)), [f"{label(row['guard'])}\n{_verdict(row)}" for row in rows], color=INK)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("\u2190 cost \u00b7 USD \u00b7 saved \u2192")


def _draw_bar(axes: Axes, k: int, row: dict[str, Any]) -> None:
    saved = row["basis_net_saved_usd"]
    axes.barh(k, saved, height=0.52, linewidth=1.4, **LOOKS[row["verdict"]])
    if row["ci_low_usd"] is not None:
        reach = [[saved - row["ci_low_usd"]], [row["ci_high_usd"] - saved]]
        axes.errorbar(saved, k, xerr=reach, color=INK, linewidth=1.3, capsize=3.5)


def _say(axes: Axes, k: int, words: str) -> None:
    """Words beside the line at zero, legible over the hairlines."""
    ground = {"facecolor": PAPER, "edgecolor": "none", "pad": 2.0}
    beside: dict[str, Any] = {"xytext": (8, 0), "textcoords": "offset points"}
    axes.annotate(words, (0, k), **beside, va="center", color=MUTED, fontsize=9.5, bbox=ground)


def _verdict(row: dict[str, Any]) -> str:
    return f"{VERDICT_MARKS[row['verdict']]} {row['verdict']}"


def _meaning(rows: list[dict[str, Any]]) -> str:
    sure = [row for row in rows if row["verdict"] != "inconclusive"]
    words = "Positive: the guard kept money in the account. Negative: it kept profit away. "
    if not sure:
        return words + "No guard's figure differs from zero by more than chance over this window explains."
    named = ", ".join(f"{row['guard']} {row['verdict']} ({money(row['basis_net_saved_usd'])} USD)" for row in sure)
    return f"{words}Beyond what chance explains (q \u2264 0.05): {named}."


def _grid(rows: list[dict[str, Any]], window: Window) -> Grid:
    decimals = decimals_for(row[name] for row in rows for name in MONEY)
    cells = [_cells(row, decimals) for row in rows]
    return Grid(f"Verdicts, {window.words}", COLUMNS, cells, frozenset(COLUMNS[2:]))


def _cells(row: dict[str, Any], decimals: int) -> tuple[str, ...]:
    q = "none" if row["q_value"] is None else f"{row['q_value']:.3f}"
    saved = money(row["basis_net_saved_usd"], decimals) if row["n_marginal"] else "not judged"
    numbers = [f"{row[name]:,}" for name in ("n_blocked", "n_pending", "n_unlabelled")]
    return row["guard"], _verdict(row), saved, _interval(row, decimals), q, *numbers


def _interval(row: dict[str, Any], decimals: int) -> str:
    if row["ci_low_usd"] is not None:
        return interval(row["ci_low_usd"], row["ci_high_usd"], decimals)
    return "none: a single day" if row["n_marginal"] else "none: not judged"


def _judged_on(rows: list[dict[str, Any]], window: Window) -> Grid:
    decimals = decimals_for(row[name] for row in rows for name in OTHERWISE)
    cells = [(row["guard"], basis_in_words(row), *(money(row[name], decimals) for name in OTHERWISE)) for row in rows]
    columns = ("guard", "verdict is of", "gross, USD", "Shapley, USD")
    caption = f"What each verdict is of, and the same guard counted otherwise, {window.words}"
    return Grid(caption, columns, cells, frozenset(columns[2:]))


def basis_in_words(row: dict[str, Any]) -> str:
    """What a verdict is of, on how much; with bounds where only the first blocker is known."""
    on = f"{count(row['n_marginal'], 'settled decision')} on {count(row['n_clusters'], 'day')}"
    if row["basis"] == "marginal":
        return f"what it alone blocked: {on}" if row["n_marginal"] else UNJUDGED
    bounds = interval(row["marginal_low_usd"], row["marginal_high_usd"])
    return (
        f"all that it was first to block, as it stands in its chain: {on}. Of {count(row['n_unknown'], 'block')} the "
        f"other blockers are not recorded, so what it alone saved is only bounded: {bounds} USD"
    )


def _sum_in_words(facts: Facts, window: Window) -> tuple[str, ...]:
    """How far the guards' figures add up to what blocking saved as a whole."""
    whole = newest_cost(facts, window)
    if whole is None or not whole["n_settled"]:
        return ()
    together = math.fsum(facts.guards["basis_net_saved_usd"])
    saved = -whole["net_opportunity_cost_usd"]
    if math.isclose(saved, together, abs_tol=0.005):
        return (f"The figures add up to what blocking as a whole saved: {money(saved)} USD.",)
    words = (
        f"The figures add up to {money(together)} USD; blocking as a whole came to {money(saved)} USD. The other "
        f"{money(saved - together)} USD are of decisions that several guards blocked at once, or whose cause was not "
        "recorded, and no single guard's."
    )
    return (words,)


def _unrecorded(facts: Facts) -> tuple[str, ...]:
    """Guards that no verdict is given on, because nobody wrote down what they blocked."""
    if facts.unrecorded is None or facts.unrecorded.is_empty():
        return ()
    rows = facts.unrecorded.sort("guard").iter_rows(named=True)
    named = ", ".join(f"{row['guard']} ({count(row['n_activations'], 'activation')})" for row in rows)
    return (f"Not evaluable: {named}. The bot's records tell when they were in force, not which signals they blocked.",)


def _notes() -> tuple[str, ...]:
    intervals = (
        "Interval: Student's t on the totals of the window's UTC days, because decisions of one day share its market. "
        "q: the p-value after asking about so many guards at once (Benjamini-Hochberg). The verdict saves or costs "
        "needs q \u2264 0.05 and decisions on at least 10 days."
    )
    others = (
        "Gross counts every decision that the guard was among the blockers of, so one can stand under several guards; "
        "Shapley splits it equally among them. Neither has an interval: none is computed, and no verdict rests on them."
    )
    return intervals, others
