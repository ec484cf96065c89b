"""Postures as a bot uses them; light: no Dagster, Polars or DuckDB."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple, overload

from learning_pipeline.posture import Document, Index, Posture, Steered, read_document, steer
from learning_pipeline.posture.wording import ae_v2_line
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.postures_file import read_postures_file

LOG = logging.getLogger("learning_system")
"""The bot says where its lines go."""


class AE(NamedTuple):
    """A and E of one signal, in [0, 1], and the size that follows from A."""

    a: float
    e: float
    size_fraction: float


class Postures:
    """Postures of a data root as they stood when they were loaded; load again to hear of new ones.

    Attributes
    ----------
    rows : tuple of Posture
        One per pattern and scope.
    """

    def __init__(self, document: Document) -> None:
        self.rows: tuple[Posture, ...] = tuple(document.postures)
        self._rules, self._index = document.rules, Index(document.postures)

    @overload
    def steer(
        self,
        a: float,
        e: float,
        pattern_key: str | None = ...,
        scope: Mapping[str, str] | None = ...,
        *,
        flags: Mapping[str, bool] | None = ...,
        at: dt.datetime | None = ...,
        explain: Literal[False] = ...,
    ) -> AE: ...

    @overload
    def steer(
        self,
        a: float,
        e: float,
        pattern_key: str | None = ...,
        scope: Mapping[str, str] | None = ...,
        *,
        flags: Mapping[str, bool] | None = ...,
        at: dt.datetime | None = ...,
        explain: Literal[True],
    ) -> Steered: ...

    def steer(
        self,
        a: float,
        e: float,
        pattern_key: str | None = None,
        scope: Mapping[str, str] | None = None,
        *,
        flags: Mapping[str, bool] | None = None,
        at: dt.datetime | None = None,
        explain: bool = False,
    ) -> AE | Steered:
        """A, E and size of one signal.

        Parameters
        ----------
        a, e : float
            The bot's own, in [0, 1]: how aggressive, and how early to exit.
        pattern_key, scope
            Of the signal.
        flags : mapping, optional
            The signal's flags. Where they are given and ``[posture.feature_flags] ae_v2_enabled`` is true, A and E
            start from 0.5 and the flags' deltas instead of ``a`` and ``e``, and a line ``AE_V2:`` goes to the logger
            ``learning_system``.
        at : datetime, optional
            The signal's instant; now by default. A posture counts for 90 days.
        explain : bool
            Give a `Steered`: which postures were used with which weight, which were dropped and why.

        Returns
        -------
        AE
            The bot's own where no posture matches.
        """
        now = at or dt.datetime.now(dt.UTC)
        found = steer(self._index, a, e, pattern_key, scope or {}, now, self._rules, flags)
        if found.ae_v2 and LOG.isEnabledFor(logging.INFO):
            LOG.info(ae_v2_line(found, pattern_key))
        return found if explain else AE(found.a, found.e, found.size_fraction)


def postures_of(home: str | Path | None) -> Postures:
    """Postures of a data root."""
    return Postures(read_document(read_postures_file(Home.at(home).postures)))
