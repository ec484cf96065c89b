"""What if the gates had been others: each scenario with capital for everything and with a book's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.reports.calibration import bias_notes
from learning_pipeline.reports.canvas import COSTS, INK, MUTED, PAPER, SAVES, UNSURE, WIDE, Drawing, ruled
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import count, interval, label, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "What if the gates had been others"
MODES = {"unconstrained": "unlimited", "capital_aware": "limited room"}
LOOKS: dict[str, dict[str, Any]] = {
    "unconstrained": {"facecolor": UNSURE, "edgecolor": UNSURE},
    "capital_aware": {"facecolor": PAPER, "edgecolor": INK},
}
SWAPPED = {"swapped_in": "newly taken", "swapped_out": "no longer taken"}
SWAP_LOOKS: dict[str, dict[str, Any]] = {
    "swapped_in": {"facecolor": SAVES, "edgecolor": SAVES},
    "swapped_out": {"facecolor": PAPER, "edgecolor": COSTS, "hatch": "////"},
}
STEP, HEIGHT = 0.4, 0.34
"""Offset of the two bars of a scenario, and how thick they are."""
MOST_BARS = 20
COLUMNS = ("scenario", "capital", "gain, USD", "95 % interval", "q", "newly taken", "no longer taken", "cannot be told")


def scenarios_section(facts: Facts, window: Window) -> Section:
    """Every scenario of the settings over the window."""
    if facts.what_if is None:
        return Section("what-if", TITLE, ("This warehouse has no what-if table, so none is shown.",))
    if facts.what_if.is_empty():
        return Section("what-if", TITLE, ("No scenario is set up: `[analysis] scenarios` of the settings is empty.",))
    rows = _ordered(facts.what_if)
    says = "; ".join(f"{row['scenario']}, {MODES[row['mode']]}: {_gain(row)}" for row in rows)
    caption = (
        f"Gain in USD over {window.words} had the gates been others, whiskers 95 % intervals. Filled: unlimited "
        "capital; hollow: replayed in time with limited positions and capital."
    )
    picture = pictured(scenarios_drawing(facts.what_if), "what-if", says, caption)
    grid = Grid(f"Scenarios, {window.words}", COLUMNS, [_cells(row) for row in rows], frozenset(COLUMNS[2:]))
    return Section("what-if", TITLE, (_found(rows),), picture, (grid, *_reasons(rows)), _notes(rows, facts))


def swaps_section(facts: Facts, window: Window) -> Section:
    """What each scenario would take instead."""
    title = "What the scenarios would swap"
    drawing = swaps_drawing(facts.swaps) if facts.swaps is not None else None
    if facts.swaps is None or drawing is None:
        return Section("swaps", title, ("No scenario would have answered anything otherwise that is known.",))
    rows = _swapped(facts.swaps)
    says = "; ".join(f"{row['scenario']}, {SWAPPED[row['swap']]}: {row['n']}" for row in rows)
    caption = (
        f"Net PnL in USD over {window.words} of what a scenario would newly take (filled) and no longer take "
        "(hatched), with 95 % intervals and the number of decisions; capital for everything."
    )
    return Section("swaps", title, (), pictured(drawing, "swaps", says, caption))


def scenarios_drawing(what_if: pl.DataFrame) -> Drawing | None:
    """Two bars per scenario; None where there is none.

    Parameters
    ----------
    what_if : DataFrame
        ``analysis.what_if`` of one as_of and window.
    """
    rows = _ordered(what_if)
    names = _largest(rows, "delta_usd")
    return Drawing(WIDE, 0.9 + 0.8 * len(names), lambda axes: _draw(axes, rows, names)) if names else None


def swaps_drawing(swap_sets: pl.DataFrame) -> Drawing | None:
    """Bars of what is swapped in and out; None where nothing is.

    Parameters
    ----------
    swap_sets : DataFrame
        ``analysis.swap_sets`` of one as_of and window.
    """
    rows = _swapped(swap_sets)
    names = _largest(rows, "net_pnl_usd")
    return Drawing(WIDE, 0.9 + 0.8 * len(names), lambda axes: _draw_swaps(axes, rows, names)) if names else None


def _ordered(what_if: pl.DataFrame) -> list[dict[str, Any]]:
    return what_if.sort("scenario", pl.col("mode") == "capital_aware").to_dicts()


def _swapped(swap_sets: pl.DataFrame) -> list[dict[str, Any]]:
    return swap_sets.filter(pl.col("swap").is_in(list(SWAPPED)), pl.col("n") > 0).sort("scenario", "swap").to_dicts()


def _largest(rows: list[dict[str, Any]], money_of: str) -> list[str]:
    """Names in their order; of very many those that move most money."""
    most = sorted(rows, key=lambda row: -abs(row[money_of] or 0.0))
    kept = list(dict.fromkeys(row["scenario"] for row in most))[:MOST_BARS]
    return sorted(kept)


def _draw(axes: Axes, rows: list[dict[str, Any]], names: list[str]) -> None:
    ruled(axes, "x")
    for row in (row for row in rows if row["scenario"] in names):
        at = names.index(row["scenario"]) + (STEP if row["mode"] == "capital_aware" else 0.0)
        if row["delta_usd"] is None or not (row["n_swapped_in"] or row["n_swapped_out"]):
            axes.text(0, at, f"  {_gain(row)}", va="center", color=MUTED, fontsize=9.0)
        else:
            _bar(axes, at, row["delta_usd"], row, LOOKS[row["mode"]])
    _named(axes, names, "\u2190 loses \u00b7 USD \u00b7 gains \u2192")


def _draw_swaps(axes: Axes, rows: list[dict[str, Any]], names: list[str]) -> None:
    ruled(axes, "x")
    for row in (row for row in rows if row["scenario"] in names):
        at = names.index(row["scenario"]) + (STEP if row["swap"] == "swapped_out" else 0.0)
        _bar(axes, at, row["net_pnl_usd"], row, SWAP_LOOKS[row["swap"]])
        high = max(row["net_pnl_usd"], row["ci_high_usd"] or 0.0, 0.0)
        axes.annotate(f"  {row['n']:,}", (high, at), va="center", color=MUTED, fontsize=9.0, annotation_clip=False)
    axes.margins(x=0.1)
    _named(axes, names, "net PnL of what is swapped, USD")


def _bar(axes: Axes, at: float, usd: float, row: dict[str, Any], look: dict[str, Any]) -> None:
    axes.barh(at, usd, height=HEIGHT, linewidth=1.3, **look)
    if row["ci_low_usd"] is not None:
        reach = [[usd - row["ci_low_usd"]], [row["ci_high_usd"] - usd]]
        axes.errorbar(usd, at, xerr=reach, color=INK, linewidth=1.2, capsize=3.0)


def _named(axes: Axes, names: list[str], says: str) -> None:
    axes.set_yticks([k + STEP / 2 for k in range(len(names))], [label(name) for name in names], color=INK)
    axes.set_ylim(len(names) - STEP, -STEP)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(says)


def _gain(row: dict[str, Any]) -> str:
    if row["status"] == "bounds_only":
        return "only bounds are known"
    if row["delta_usd"] is None:
        return "not evaluable"
    return f"{money(row['delta_usd'])} USD" if row["n_swapped_in"] or row["n_swapped_out"] else "nothing changes"


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    q = "none" if row["q_value"] is None else f"{row['q_value']:.3f}"
    gain = money(row["delta_usd"]) if row["delta_usd"] is not None else _gain(row)
    if row["status"] == "bounds_only":
        gain = f"between {interval(row['delta_low_usd'], row['delta_high_usd']).replace(' to ', ' and ')}"
    changed = [_counted(row[name]) for name in ("n_swapped_in", "n_swapped_out", "n_unknown")]
    return row["scenario"], MODES[row["mode"]], gain, _interval(row), q, *changed


def _counted(n: int | None) -> str:
    return "unknown" if n is None else f"{n:,}"


def _interval(row: dict[str, Any]) -> str:
    if row["ci_low_usd"] is not None:
        return interval(row["ci_low_usd"], row["ci_high_usd"])
    return "none: not evaluable" if row["status"] != "ok" else "none: nothing changes"


def _found(rows: list[dict[str, Any]]) -> str:
    sure = [row for row in rows if row["q_value"] is not None and row["q_value"] <= 0.05 and row["delta_usd"]]
    if not sure:
        return "No scenario differs from what was done by more than chance over this window explains."
    named = ", ".join(_outcome(row) for row in sure)
    return f"Beyond what chance explains (q \u2264 0.05): {named}."


def _outcome(row: dict[str, Any]) -> str:
    did = "gains" if row["delta_usd"] > 0 else "loses"
    return f"{row['scenario']} {did} {money(abs(row['delta_usd'])).lstrip('+')} USD (capital: {MODES[row['mode']]})"


def _reasons(rows: list[dict[str, Any]]) -> tuple[Grid, ...]:
    cells = [(row["scenario"], MODES[row["mode"]], row["reason"]) for row in rows if row["reason"]]
    return (Grid("Why a scenario has no single figure", ("scenario", "capital", "reason"), cells),) if cells else ()


def _notes(rows: list[dict[str, Any]], facts: Facts) -> tuple[str, ...]:
    size = (
        f"Limited room: at most {count(facts.analysis.max_open_positions, 'position')} and "
        f"{money(facts.analysis.capital_usd).lstrip('+')} USD at once; what does not fit is skipped."
    )
    fitted = [row for row in rows if row["fitted_weights"] and row["mode"] == "unconstrained"]
    chosen = tuple(
        f"{row['scenario']}: the best of {count(row['n_trials'], 'weighting')} on the days before the window, "
        f"{row['fitted_weights']}; the figures are of days it was not chosen on."
        for row in fitted
    )
    return (size, *chosen, *bias_notes(facts))
