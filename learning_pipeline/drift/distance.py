"""How far two distributions over the same bins lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.drift.bins import Ints

Floats = NDArray[np.float64]

HALF = 0.5
"""Added to every count of PSI: an empty bin is no infinite distance (Jeffreys)."""


def ks(left: Floats, right: Floats) -> Floats:
    """Largest distance of two cumulative shares (Kolmogorov, Smirnov).

    Parameters
    ----------
    left, right : ndarray of shape (..., b)
        Counts in bins that are ordered.

    Returns
    -------
    ndarray of shape (...,)
        In [0, 1].

    Examples
    --------
    >>> float(ks(np.array([2.0, 2.0, 0.0]), np.array([0.0, 2.0, 2.0])))
    0.5
    """
    return np.abs(_cumulated(left) - _cumulated(right)).max(axis=-1)


def psi(left: Floats, right: Floats) -> Floats:
    """Population stability index: sum of ``(p - q) ln(p / q)`` over bins, half a value added to each count.

    Parameters
    ----------
    left, right : ndarray of shape (..., b)
        Counts in bins.

    Returns
    -------
    ndarray of shape (...,)
        >= 0; the same whichever comes first.

    Examples
    --------
    >>> float(psi(np.array([5.0, 5.0]), np.array([5.0, 5.0]))), round(float(psi(np.array([9.5, 0.5]), np.ones(2))), 4)
    (0.0, 0.942)
    """
    p, q = _shares(left), _shares(right)
    terms = (p - q) * np.log(p / q)
    return np.cumsum(terms, axis=-1)[..., -1]


def gathered(counts: Floats, coarse: Ints) -> Floats:
    """Counts of fine bins added up to those of coarse ones; the coarse ones are ascending."""
    return np.add.reduceat(counts, np.flatnonzero(np.diff(coarse, prepend=-1)), axis=-1)


def _cumulated(counts: Floats) -> Floats:
    whole = np.cumsum(counts, axis=-1)
    return whole / whole[..., -1:]


def _shares(counts: Floats) -> Floats:
    more = counts + HALF
    return more / more.sum(axis=-1, keepdims=True)
