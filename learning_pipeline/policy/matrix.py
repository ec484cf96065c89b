"""Decisions and their gates, laid out once for many policies."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.errors import ContractBroken
from learning_pipeline.policy.columns import Bools, GateColumn, gate_columns
from learning_pipeline.policy.components import Components
from learning_pipeline.policy.policy import Policy

BLOCKED, APPROVED, UNKNOWN = 0, 1, 2
"""Codes of an answer; `WORDS` in the same order."""
WORDS = ["blocked", "approved", "unknown"]

Counts: TypeAlias = NDArray[np.int16]


class GateMatrix:
    """Approved and blocked decisions by gate; each policy costs one pass over the gates that it changes.

    Parameters
    ----------
    decisions : DataFrame
        ``events.decisions``; versions are rows of their own. Expired and cancelled ones are left out.
    gates : DataFrame
        ``events.gates``; a row belongs to the decision of the same signal_id and day, others are ignored.
    signals : DataFrame, optional
        ``events.signals``, for policies that re-weight a score; without them such a gate cannot be told.

    Attributes
    ----------
    decided : DataFrame
        The decisions that take part, in the order given: row i of every array.
    columns : dict
        `GateColumn` by gate.
    components : Components
        Score components of the signals.
    """

    def __init__(self, decisions: pl.DataFrame, gates: pl.DataFrame, signals: pl.DataFrame | None = None) -> None:
        self.decided = decisions.filter(pl.col("decision").is_in(["approved", "blocked"]))
        self.columns: dict[str, GateColumn] = gate_columns(self.decided, gates)
        self.components = Components.of(self.decided, signals)
        self.blocked: Bools = self.decided["decision"].to_numpy() == "blocked"
        self._incomplete: Bools = ~self.decided["gates_complete"].to_numpy()
        self._n_failing = self._count([(c.rows, c.fails) for c in self.columns.values()])
        self._n_unknown = self._count([(c.rows, c.unknown) for c in self.columns.values()])

    def answers(self, policy: Policy) -> NDArray[np.int8]:
        """Answer under the policy for each row of ``decided``: `BLOCKED`, `APPROVED` or `UNKNOWN`; shape (n,)."""
        if not policy.changed:
            return np.where(self.blocked, BLOCKED, APPROVED).astype(np.int8)
        failing, unknown = self._n_failing.copy(), self._n_unknown.copy()
        for gate in sorted(policy.changed & self.columns.keys()):
            self._change(gate, policy, failing, unknown)
        told = (unknown == 0) & ~self._other_gates_possible(policy)
        return np.where(failing > 0, BLOCKED, np.where(told, APPROVED, UNKNOWN)).astype(np.int8)

    def redecide(self, policy: Policy) -> pl.DataFrame:
        """The frame of `policy.redecide`, for one policy of many.

        Raises
        ------
        ContractBroken
            Where a signal has several versions: which one counts depends on the day that is asked about.
        """
        if self.decided["signal_id"].n_unique() < self.decided.height:
            raise ContractBroken("redecide: expected one version per signal (those in force on one day), found several")
        words = pl.Series("counterfactual", WORDS).gather(self.answers(policy))
        return self.decided.select("signal_id", base="decision").with_columns(words).sort("signal_id")

    def told(self, policy: Policy, gate: str) -> NDArray[np.intp]:
        """Rows of ``decided`` on which a gate was recorded and, if changed, all that the change needs."""
        column = self.columns.get(gate)
        if column is None:
            return np.empty(0, dtype=np.intp)
        if gate not in policy.changed - policy.drop:
            return column.rows
        return column.rows[~self._against(gate, policy)[1]]

    def _change(self, gate: str, policy: Policy, failing: Counts, unknown: Counts) -> None:
        """Take out what the gate said and, unless it is dropped, put in what it says now."""
        column = self.columns[gate]
        failing[column.rows] -= column.fails
        unknown[column.rows] -= column.unknown
        if gate not in policy.drop:
            fails, untold = self._against(gate, policy)
            failing[column.rows] += fails
            unknown[column.rows] += untold

    def _against(self, gate: str, policy: Policy) -> tuple[Bools, Bools]:
        """Where a changed gate fails, and where that cannot be told, on the rows of its column."""
        column = self.columns[gate]
        if gate in policy.weights:
            score = self.components.weighted(policy.weights[gate])[column.rows]
            return column._replace(value=score).against(column.base)
        if gate in policy.threshold:
            return column.against(policy.threshold[gate])
        with np.errstate(over="ignore"):
            return column.against(policy.scale[gate] * column.base)

    def _other_gates_possible(self, policy: Policy) -> Bools:
        """Rows on which a gate that was not recorded may decide."""
        no_cause = self.blocked & (self._n_failing == 0)
        return (self._incomplete & self.blocked) | no_cause | self._limit_unseen(policy)

    def _limit_unseen(self, policy: Policy) -> Bools:
        """Approved rows that may carry a gate with a new limit, although none was recorded."""
        unseen = np.zeros(len(self.blocked), dtype=np.bool_)
        for gate in policy.changed - policy.drop:
            without = self._incomplete & ~self.blocked
            if gate in self.columns:
                without[self.columns[gate].rows] = False
            unseen |= without
        return unseen

    def _count(self, cells: list[tuple[NDArray[np.intp], Bools]]) -> Counts:
        count = np.zeros(len(self.blocked), dtype=np.int16)
        for rows, true in cells:
            count[rows] += true
        return count
