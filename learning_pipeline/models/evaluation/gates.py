"""The conditions of a signal model: values against bounds, in words."""

from __future__ import annotations

import math

from learning_pipeline.models.evaluation.evaluation import Gate, Number
from learning_pipeline.models.evaluation.tried import Tried
from learning_pipeline.models.packs.manifest import Thresholds


def at_least(gate: str, value: Number, bound: float, what: str) -> Gate:
    """Passed where the value is no smaller than the bound."""
    return Gate(gate, value, bound, value is not None and value >= bound, f"{what} {_n(value)}, at least {_n(bound)}")


def at_most(gate: str, value: Number, bound: float, what: str) -> Gate:
    """Passed where the value is no larger than the bound."""
    return Gate(gate, value, bound, value is not None and value <= bound, f"{what} {_n(value)}, at most {_n(bound)}")


def gain_gates(low: Number, low_over_all: Number, rule: str, asked: Thresholds) -> list[Gate]:
    """The lower bound of the gain over the baseline, and over taking every signal where that is another thing.

    Both ask for ``min_sharpe_gain``.
    """
    least, chance = asked.min_sharpe_gain, f"{asked.bootstrap_level:.0%}"
    words = f"lower bound ({chance}) of the annual Sharpe ratio's gain"
    gates = [at_least("sharpe_gain", low, least, f"{words} over the baseline")]
    if rule != "all":
        gates.append(at_least("sharpe_gain_over_all", low_over_all, least, f"{words} over taking every signal"))
    return gates


def drawdown_gate(own: float, baseline: float, asked: Thresholds) -> Gate:
    """No deeper than the baseline's and its tolerance."""
    return at_most("max_drawdown", own, baseline * (1 + asked.max_drawdown_tolerance), "deepest fall, of one stake:")


def deflated_gate(dsr: Number, tried: Tried, asked: Thresholds) -> Gate:
    """Above what the best of as many worthless trials would show."""
    words = f"deflated Sharpe ratio, after {tried.n} recorded trials:"
    return at_least("deflated_sharpe", dsr, asked.dsr_level, words)


def overfitting_gate(tried: Tried, asked: Thresholds) -> Gate:
    """The choice within the grid was no fit to chance; a grid of one was no choice.

    Where all settings are about as good, the chosen one comes out below the middle half of the time, which harms
    nobody: it is enough then that it hardly ever lost in the time that it was not chosen on.
    """
    if tried.n_grid == 1:
        return Gate("overfitting", None, asked.pbo_max, True, "a single setting was tried: nothing was chosen")
    words = f"probability that the choice among the {tried.n_grid} settings of its training was overfitted:"
    if tried.overfitting is None:
        return at_most("overfitting", None, asked.pbo_max, words)
    gate = at_most("overfitting", tried.overfitting.pbo, asked.pbo_max, words)
    lost = f"{gate.words}; the chosen one lost outside in {tried.overfitting.loss:.0%} of choices"
    return gate._replace(passed=gate.passed or tried.overfitting.loss <= asked.pbo_loss_max, words=lost)


def trades_gate(n: int, asked: Thresholds) -> Gate:
    """Enough trades to speak of."""
    return at_least("trades", float(n), float(asked.min_trades), "examples taken:")


def _n(value: Number) -> str:
    if value is None:
        return "not computable"
    return f"{value:,.0f}" if value == math.floor(value) and abs(value) >= 10 else f"{value:.4g}"
