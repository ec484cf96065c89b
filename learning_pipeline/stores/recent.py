"""Frames read lately: one run reads the same rows for a dozen assets and checks."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import polars as pl


class Recent:
    """Frames by key, the longest unused dropped first.

    Parameters
    ----------
    most_bytes : int
        What all frames together may take; a frame larger than that is not kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._frames: dict[Hashable, pl.DataFrame] = {}

    def get(self, key: Hashable, read: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """The frame of a key, which is read if it is not at hand; the caller's own to change."""
        frame = self._frames.pop(key, None)
        if frame is None:
            frame = read()
        self._frames[key] = frame
        self._drop()
        return frame.clone()

    def _drop(self) -> None:
        sizes = {key: frame.estimated_size() for key, frame in self._frames.items()}
        total = sum(sizes.values())
        for key, size in sizes.items():
            if total <= self.most_bytes:
                return
            del self._frames[key]
            total -= size
