"""Which policy a lesson speaks for, if any."""

from __future__ import annotations

import numpy as np

from learning_pipeline.tuning.counts import Effects, Floats
from learning_pipeline.tuning.grid import Bools, Ints
from learning_pipeline.tuning.settings import Rule

REASONS = ["nothing_to_admit", "too_few_misses", "ratio_too_low", "dodge_rate_high"]
"""Why no policy is chosen: none admits anything, none catches enough, or not per failure added."""


def ratios(benefit: Ints, harm: Ints) -> Floats:
    """Benefit per harm; infinite without harm, NaN without both."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return benefit / harm


def candidates(changed: Effects, dr: Floats, rule: Rule) -> Bools:
    """Policies that may be chosen.

    Parameters
    ----------
    changed : Effects
        Of loosening policies; shapes (n_policies, n).
    dr : ndarray of shape (n,)
        Dodge rate of each lesson, NaN where nothing was skipped.

    Returns
    -------
    ndarray of shape (n_policies, n)
        Benefit and ratio (or harm 0) suffice; where dodging works, a higher ratio is asked for.
    """
    cautious = max(rule.min_ratio, rule.cautious_ratio)
    return _worth(changed, np.where(dr >= rule.cautious_dodge_rate, cautious, rule.min_ratio), rule)


def choose(may: Bools, score: Floats) -> Ints:
    """Candidate with the largest score; NaN is the least; of equals the first.

    Returns
    -------
    ndarray of shape (n,)
        Its row; -1 where there is no candidate.
    """
    scored = np.where(np.isnan(score), np.finfo(np.float64).min, score)
    rank = np.where(may, scored, -np.inf)
    return np.where(may.any(axis=0), rank.argmax(axis=0), -1)


def why_not(changed: Effects, rule: Rule) -> Ints:
    """Number in `REASONS` for each lesson, were it to have no candidate."""
    reached = [
        (changed.misses_caught + changed.failures_added > 0).any(axis=0),
        (changed.misses_caught >= rule.min_benefit).any(axis=0),
        _worth(changed, np.array(rule.min_ratio), rule).any(axis=0),
    ]
    return np.sum(reached, axis=0)


def least_successes(n_admitted: Ints, dr: float, rule: Rule) -> Ints:
    """Successes among the newly admitted from which on a policy is a candidate; one more than all where never.

    >>> least_successes(np.array([2, 3, 6, 7]), 0.5, Rule()).tolist()
    [3, 3, 4, 5]
    """
    successes = np.arange(n_admitted.max(initial=0) + 1)[:, None]
    harm = np.maximum(n_admitted - successes, 0)
    none = np.zeros_like(harm)
    may = candidates(Effects(successes + none, harm, none, none), np.full(len(n_admitted), dr), rule)
    return np.where(may.any(axis=0), may.argmax(axis=0), n_admitted + 1)


def _worth(changed: Effects, needed: Floats, rule: Rule) -> Bools:
    enough: Bools = changed.misses_caught >= rule.min_benefit
    return enough & (ratios(changed.misses_caught, changed.failures_added) >= needed)
