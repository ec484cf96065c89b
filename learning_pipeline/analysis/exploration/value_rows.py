"""From day sums by guard to the rows of some days and one window: estimates, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.analysis.exploration.tables import ESTIMATORS
from learning_pipeline.analysis.rows import Rows, window_sums
from learning_pipeline.analysis.windows import Floats
from learning_pipeline.stats import DrawSums, as_logged, effective_size, snipw_day_scores, total_intervals

SIMULATED = ["shadow", "dm"]
"""Estimators that rest on no draw."""
COUNTS = ["n_eligible", "n_without_propensity", "n_no_chance", "n_settled", "n_unlabelled", "n_admitted"]
COUNTS += ["n_admitted_open"]


class Limits(NamedTuple):
    """Where an estimate from draws is refused: fewer admissions or days, a smaller p, a larger share still open."""

    min_admissions: int = 30
    min_days: int = 20
    min_p: float = 0.01
    max_open_share: float = 0.05


def value_rows(by_day: Mapping[str, Floats], limits: Limits) -> Rows:
    """Columns of `GuardValue`, every estimator of every guard.

    Parameters
    ----------
    by_day : dict of ndarray of shape (..., n_guards, window_days)
        Day sums of the window by measure; guard 0 is all guards.
    limits : Limits
        When to refuse.

    Returns
    -------
    dict of ndarray of shape (n_estimators, ..., n_guards)
        In the order of `ESTIMATORS`; NaN for null, an empty text for no reason.
    """
    sums = window_sums(by_day)
    facts = {name: sums[name] for name in COUNTS} | {
        "n_pending": sums["n_eligible"] - sums["n_settled"] - sums["n_unlabelled"],
        "n_days": (by_day["n_settled"] > 0).sum(axis=-1),
        "effective_size": effective_size(sums["weight"], sums["squared_weight"]),
        "draws_p_value": _draws(by_day),
    }
    scores = dict(by_day) | {"snipw": snipw_day_scores(by_day["n_settled"], by_day["weight"], by_day["ipw"])}
    of_model, of_draws = _reason(facts, None), _reason(facts, limits)
    reason = np.stack([of_model if name in SIMULATED else of_draws for name in ESTIMATORS])
    shape = reason.shape
    return {name: np.broadcast_to(x, shape) for name, x in facts.items()} | _estimate(
        -np.stack([scores[name] for name in ESTIMATORS]), reason
    )


def _draws(by_day: Mapping[str, Floats]) -> Floats:
    """P of the guard's own draws and of all, whichever is smaller: one budget cuts the draws of every guard."""
    own = as_logged(DrawSums(*(by_day[name] for name in DrawSums._fields)))
    return np.fmin(own, own[..., :1])


def _estimate(saved_by_day: Floats, reason: NDArray[np.str_]) -> Rows:
    found = total_intervals(saved_by_day, saved_by_day.shape[-1])
    given = reason == ""
    columns = {"net_saved_usd": found.total, "ci_low_usd": found.low, "ci_high_usd": found.high}
    status = {"status": np.where(given, "ok", "refused"), "reason": reason}
    return {name: np.where(given, x, np.nan) for name, x in columns.items()} | status


def _reason(facts: Rows, limits: Limits | None) -> NDArray[np.str_]:
    """The first reason that holds against an estimate, empty where none does; no limits where it rests on no draw."""
    n_eligible, n_no_chance = facts["n_eligible"], facts["n_no_chance"]
    against = {
        "no_propensity": n_eligible + n_no_chance == 0,
        "no_overlap": (n_eligible == 0) if limits is None else (n_no_chance > n_eligible),
        "nothing_settled": facts["n_settled"] == 0,
    }
    if limits is not None:
        against |= {
            "propensity_not_as_logged": facts["draws_p_value"] < limits.min_p,
            "too_few_admissions": facts["n_admitted"] < limits.min_admissions,
            "too_few_days": facts["n_days"] < limits.min_days,
            "admissions_open": facts["n_admitted_open"] > limits.max_open_share * facts["n_admitted"],
        }
    return np.select(list(against.values()), list(against), default="")
