"""Which days are compared with the reference: as few of the newest as tell enough."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from learning_pipeline.drift.bins import Floats, Ints
from learning_pipeline.drift.settings import DriftSettings


class Sample(NamedTuple):
    """Values, and the day of each as a number counted from 0 on; days without a value are none."""

    values: Floats
    day: Ints
    n_days: int

    @classmethod
    def of(cls, values: Floats, ordinals: Ints) -> Sample:
        """A sample whose days are given as ordinals."""
        days, day = np.unique(ordinals, return_inverse=True)
        return cls(values, day, len(days))


def newest_days(ordinals: Ints, settings: DriftSettings) -> int | None:
    """First day of the window: of the newest days so many that they hold ``n_recent`` rows and are ``days_min``.

    A busy bot's window is days long and sees a shift soon; a quiet one's is as long as the rows given reach.

    Parameters
    ----------
    ordinals : ndarray of shape (n,)
        Day of each row, at most ``window_days`` back.

    Returns
    -------
    int or None
        Ordinal; None where there are too few rows or days to say anything.
    """
    days, n_rows = np.unique(ordinals, return_counts=True)
    if len(days) < settings.days_min or len(ordinals) < settings.n_min:
        return None
    from_newest = np.cumsum(n_rows[::-1])
    needed = max(int(np.searchsorted(from_newest, settings.n_recent)) + 1, settings.days_min)
    return int(days[-min(needed, len(days))])
