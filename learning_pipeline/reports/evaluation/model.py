"""Sections of a signal model: curves, the gain's interval, what was tried, calibration, what it takes."""

from __future__ import annotations

import polars as pl

from learning_pipeline.models.evaluation.evaluation import Evaluation, Number
from learning_pipeline.models.evaluation.signal_model import Shown
from learning_pipeline.models.packs.manifest import Manifest
from learning_pipeline.reports.evaluation.curves import curves_drawing, falls_drawing
from learning_pipeline.reports.models import reliability_drawing
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.words import MINUS, fraction

FIGURES = {
    "total_roi": "net result, % of one stake",
    "max_drawdown": "deepest fall, % of one stake",
    "sharpe_annual": "annual Sharpe ratio",
    "psr": "chance that the true ratio is above 0",
    "min_track_record_days": "days until that would be 95 %",
    "n_trades": "trades",
}
IN_PERCENT = ("total_roi", "max_drawdown")
MOST_GROUPS = 12


def model_sections(found: Evaluation, shown: Shown, pack: Manifest) -> list[Section]:
    """Everything beside the gates."""
    return [
        _curves(found, shown, pack),
        _falls(shown),
        _gain(found, pack),
        _tried(found),
        _calibration(found, shown),
        _taken(shown),
    ]


def _curves(found: Evaluation, shown: Shown, pack: Manifest) -> Section:
    caption = f"Net results added up, % of one stake, {shown.days[0]} to {shown.days[-1]}, by the day they were known."
    says = f"model {_percent(found.metrics['total_roi'])}, baseline {_percent(found.baseline['total_roi'])} of a stake"
    rows = [
        (words, _figure(name, found.metrics[name]), _figure(name, found.baseline[name]))
        for name, words in FIGURES.items()
    ]
    grid = Grid(f"{len(shown.days)} days", ("figure", "model", "baseline"), rows, frozenset(("model", "baseline")))
    rule = {"approved": "the signals that the bot itself took", "all": "every signal"}[pack.baseline.rule]
    note = (
        f"The baseline is {rule}; every trade of either has the same stake and the simulated result of its signal. "
        f"Days without a trade count 0. A daily ratio times the root of {pack.measure.days_per_year} is the annual one."
    )
    picture = pictured(curves_drawing(shown), "curves", says, caption)
    return Section("curves", "Beside the baseline", (), picture, (grid,), (note,))


def _falls(shown: Shown) -> Section:
    picture = pictured(
        falls_drawing(shown), "falls", "distance from the highest point", "Below the highest point so far, % of a stake"
    )
    return Section("falls", "Drawdown", (), picture)


def _gain(found: Evaluation, pack: Manifest) -> Section:
    names = {"sharpe_gain": "the baseline", "sharpe_gain_over_all": "taking every signal"}
    rows = [
        (
            over,
            *(_plain(found.metrics[each]) for each in (name, f"{name}_low", f"{name}_high")),
            _plain(found.metrics[f"{name}_p"]),
        )
        for name, over in names.items()
    ]
    level = pack.thresholds.bootstrap_level
    columns = ("annual Sharpe ratio above", "gain", "lower bound", "upper bound", "p")
    grid = Grid(f"Each bound holds with {1 - level:.0%}", columns, rows, frozenset(columns[1:]))
    note = (
        "Studentised circular block bootstrap of whole days, the same days for both, "
        f"{pack.measure.bootstrap_draws:,} draws. p asks whether the gain is above "
        f"{pack.thresholds.min_sharpe_gain:g}. Both comparisons must hold: beside a baseline that wins, whoever trades "
        "more looks better."
    )
    return Section("gain", "How sure the gain is", (), None, (grid,), (note,))


def _tried(found: Evaluation) -> Section:
    got = found.metrics
    best, own, dsr = (_plain(got[name]) for name in ("expected_best_sharpe_daily", "sharpe_daily", "deflated_sharpe"))
    counted = (
        f"{_plain(got['n_trials'])} trials of this type of model are on record, those that failed included. The best "
        f"of as many worthless ones would show a daily Sharpe ratio of {best or 'unknown'}; this model shows "
        f"{own or 'none'}. Deflated Sharpe ratio: {dsr or 'not computable'}."
    )
    below, lost = (fraction(got[name]) or "an unknown share" for name in ("pbo", "chosen_lost_share"))
    chosen = (
        "Among the settings of its own training the chosen one came out below the middle, on time that it was not "
        f"chosen on, in {below} of choices, and lost in {lost}."
    )
    return Section("tried", "What was tried", (counted, chosen))


def _calibration(found: Evaluation, shown: Shown) -> Section:
    columns = ("examples", "probability said", "share that succeeded")
    rows = [(f"{each.n:,}", fraction(each.predicted, 1), fraction(each.observed, 1)) for each in shown.bins]
    caption = "Share of successes against the probability said; on the line both agree."
    drawing = reliability_drawing(shown.bins, found.metrics["threshold"] or 0.0)
    picture = pictured(drawing, "calibration", "said against what came", caption)
    auc, brier = (_plain(found.metrics[name]) or "unknown" for name in ("auc", "brier"))
    note = f"AUC {auc} (0.5: no order), Brier score {brier}."
    return Section(
        "calibration", "Calibration", (), picture, (Grid("", columns, rows, frozenset(columns[1:])),), (note,)
    )


def _taken(shown: Shown) -> Section:
    groups = (
        shown.examples.group_by("strategy", "timeframe")
        .agg(
            n=pl.len(),
            taken=pl.col("taken").sum(),
            approved=(pl.col("decision") == "approved").sum(),
            won=pl.col("success").filter(pl.col("taken")).mean(),
            won_all=pl.col("success").mean(),
        )
        .sort(["taken", "strategy", "timeframe"], descending=[True, False, False])
    )
    columns = ("strategy", "timeframe", "signals", "bot took", "model takes", "of those won", "of all won")
    rows = [
        (
            r["strategy"],
            r["timeframe"],
            *(f"{r[k]:,}" for k in ("n", "approved", "taken")),
            *map(fraction, (r["won"], r["won_all"])),
        )
        for r in groups.head(MOST_GROUPS).iter_rows(named=True)
    ]
    left_out = groups.height - len(rows)
    notes = (f"{left_out} further groups are not shown.",) if left_out > 0 else ()
    grid = Grid("By strategy, most taken first", columns, rows, frozenset(columns[2:]))
    return Section("taken", "What the model would have taken", (), None, (grid,), notes)


def _figure(name: str, value: Number) -> str:
    return (_percent(value) if name in IN_PERCENT else _plain(value)) or "none"


def _percent(value: Number) -> str:
    return "" if value is None else f"{value * 100:,.1f}".replace("-", MINUS)


def _plain(value: Number) -> str:
    if value is None:
        return ""
    text = f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", MINUS)
