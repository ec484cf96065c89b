"""Answers under another policy, as a frame."""

from __future__ import annotations

import polars as pl

from learning_pipeline.policy.matrix import GateMatrix
from learning_pipeline.policy.policy import Policy


def redecide(
    decisions: pl.DataFrame, gates: pl.DataFrame, policy: Policy, signals: pl.DataFrame | None = None
) -> pl.DataFrame:
    """What each decision would have been under the policy; for many policies, `GateMatrix.redecide`.

    Parameters
    ----------
    decisions : DataFrame
        ``events.decisions``, one version per signal: those in force on the day that is asked about.
    gates : DataFrame
        ``events.gates``; rows of other versions are ignored.
    policy : Policy
        The change.
    signals : DataFrame, optional
        ``events.signals``, needed where the policy re-weights a score.

    Returns
    -------
    DataFrame
        One row per approved or blocked decision, by signal_id: ``signal_id``, ``base`` (what it was: ``approved`` or
        ``blocked``), ``counterfactual`` (``approved``, ``blocked`` or ``unknown``). No nulls.

    Raises
    ------
    ContractBroken
        Where a signal has several versions.

    Examples
    --------
    >>> import datetime as dt
    >>> from learning_pipeline.events.tables import Decisions, Gates
    >>> one = {"signal_id": "s1", "decision": "blocked", "blocked_by": ["spread"], "gates_complete": True}
    >>> gate = {"signal_id": "s1", "day": dt.date(2024, 1, 1), "gate": "spread", "passed": False}
    >>> decisions = Decisions.frame([one | {"day": dt.date(2024, 1, 1)}])
    >>> redecide(decisions, Gates.frame([gate]), Policy(drop={"spread"})).rows()
    [('s1', 'blocked', 'approved')]
    """
    return GateMatrix(decisions, gates, signals).redecide(policy)
