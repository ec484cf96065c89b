"""Random prices and decisions on them, the same for every peer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

N_BARS, N_SYMBOLS = 1_000_000, 10
HALF_WIDTH = {60: 0.0085, 1440: 0.035, 14400: 0.1}
"""Distance of the barriers from the entry by ttl in bars: most decisions end on one, some on the ttl."""


@dataclass(frozen=True)
class Paths:
    """Bars of one symbol and decisions on them in order of time; bars ``first`` to ``first + ttl - 1`` are used."""

    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    first: np.ndarray
    ttl: int
    long: np.ndarray
    width: float

    @property
    def entry(self) -> np.ndarray:
        """Price of each decision."""
        return self.open[self.first]

    def channel(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper barrier of each decision."""
        entry = self.entry
        return entry * (1 - self.width), entry * (1 + self.width)


def paths(n: int, ttl: int, n_bars: int = N_BARS, n_symbols: int = N_SYMBOLS) -> list[Paths]:
    """One element per symbol."""
    rng = np.random.default_rng(1)
    return [_paths(rng, n // n_symbols, ttl, n_bars // n_symbols) for _ in range(n_symbols)]


def _paths(rng: np.random.Generator, n: int, ttl: int, n_bars: int) -> Paths:
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.001, n_bars)))
    start = np.append(100.0, close[:-1])
    high = np.maximum(start, close) * (1 + np.abs(rng.normal(0, 0.0005, n_bars)))
    low = np.minimum(start, close) * (1 - np.abs(rng.normal(0, 0.0005, n_bars)))
    first = np.sort(rng.integers(1, n_bars - ttl, n))
    return Paths(start, high, low, close, first, ttl, rng.random(n) < 0.5, HALF_WIDTH[ttl])
