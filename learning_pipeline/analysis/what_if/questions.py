"""What a scenario answers on a day for a window, or why it cannot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.analysis.what_if.capital import Bools, Ints
from learning_pipeline.analysis.what_if.fit import Fitter
from learning_pipeline.analysis.what_if.known import Versions
from learning_pipeline.analysis.what_if.scenario import Scenario
from learning_pipeline.policy import GateMatrix

NO_CHANGE = "which decisions would change was not recorded"


class Answer(NamedTuple):
    """What a scenario answers to every version.

    Attributes
    ----------
    answers : ndarray of shape (n,)
        As `GateMatrix.answers` gives them.
    told : dict of ndarray of shape (n,)
        By changed gate: versions on which it can be told.
    weighted : frozenset
        Gates that are changed by weights.
    fitted : bool
        The answers hold for one window only, and not before it.
    weights, n_trials, reason
        As in `Fit`; one trial where nothing was fitted.
    """

    answers: NDArray[np.int8]
    told: dict[str, Bools]
    weighted: frozenset[str]
    fitted: bool = False
    weights: str | None = None
    n_trials: int | None = 1
    reason: str | None = None


class Question:
    """A scenario over the versions of a matrix; the same answer for every window unless its weights are fitted."""

    def __init__(self, scenario: Scenario, matrix: GateMatrix, versions: Versions) -> None:
        policy = scenario.policy
        masks = {gate: np.zeros(len(versions.approved), dtype=np.bool_) for gate in policy.changed}
        for gate, mask in masks.items():
            mask[matrix.told(policy, gate)] = True
        weighted = frozenset(policy.weights) | set(scenario.fitted)
        self._fixed = Answer(matrix.answers(policy), masks, weighted)
        self._fitters = [Fitter(matrix, versions, policy, gate) for gate in scenario.fitted]
        masks.update({fitter.gate: fitter.scorable for fitter in self._fitters})

    def answer(self, as_of: dt.date, window: int) -> Answer:
        """The answer for the decisions of the ``window`` days up to as_of."""
        for fitter in self._fitters:
            fit = fitter.before(as_of - dt.timedelta(days=window - 1))
            fixed = self._fixed
            return Answer(fit.answers, fixed.told, fixed.weighted, True, fit.weights, fit.n_trials, fit.reason)
        return self._fixed


def why_not(answer: Answer, rows: Ints, recorded: Callable[[], list[str]]) -> str | None:
    """Why an answer says nothing about these versions; None where it does.

    Parameters
    ----------
    rows : ndarray
        Versions of the longest window, as known on the day.
    recorded : callable
        Names of the gates recorded on its decisions, in order.
    """
    untold = sorted(gate for gate, told in answer.told.items() if not told[rows].any())
    if untold:
        known = recorded()
        unseen = [gate for gate in untold if gate not in known]
        if unseen:
            others = f"known are {', '.join(known)}" if known else "no gate was"
            return f"gate {unseen[0]} was never recorded; {others}"
        needed = "score components" if untold[0] in answer.weighted else "value"
        return f"{needed}, comparator or base threshold of gate {untold[0]} were never recorded"
    return answer.reason
