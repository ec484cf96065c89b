"""Chance as a pure function of a key: no generator, no state, so cutting the future changes no draw of the past."""

from __future__ import annotations

import hashlib

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))


def _word(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")


def uniform(key: str) -> float:
    """One draw in [0, 1) for a text.

    >>> 0 <= uniform("0/BTCUSD") < 1 and uniform("0/BTCUSD") == uniform("0/BTCUSD")
    True
    """
    return (_word(key) >> 11) / 2**53


def uniforms(key: str, instants: np.ndarray) -> np.ndarray:
    """One draw in (0, 1) for each whole number under a key (SplitMix64), shape (n,).

    References
    ----------
    Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators".
    """
    with np.errstate(over="ignore"):
        mixed = instants.astype(np.uint64) * _GOLDEN + np.uint64(_word(key))
        for shift, factor in _MIX:
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53
