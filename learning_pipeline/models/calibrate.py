"""Platt's calibration: a logistic curve through predictions that were made out of fold."""

from __future__ import annotations

import numpy as np

from learning_pipeline.models.bundle import Calibration, expit


def platt(log_odds: np.ndarray, success: np.ndarray, weight: np.ndarray) -> Calibration:
    """Slope and intercept with the least weighted log loss; the slope is never negative.

    Predictions whose order is upside down get the slope 0: every probability is then the share of successes. Targets
    are drawn in by one example of each kind, so that perfectly ordered predictions have a finite slope.

    References
    ----------
    Platt (1999), "Probabilistic outputs for support vector machines", section 2.2.
    """
    from scipy.optimize import minimize  # noqa: PLC0415  # slow to import; who trains nothing never calibrates

    n_won, n_lost = float(weight @ success), float(weight @ (1 - success))
    target = np.where(success == 1, (n_won + 1) / (n_won + 2), 1 / (n_lost + 2))
    share = weight / weight.sum()

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        line = parameters[0] * log_odds + parameters[1]
        error = share * (expit(line) - target)
        return float(share @ (np.logaddexp(0, line) - target * line)), np.array([error @ log_odds, error.sum()])

    found = minimize(loss, [1.0, 0.0], jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)], tol=1e-14)
    return Calibration(slope=float(found.x[0]), intercept=float(found.x[1]))
