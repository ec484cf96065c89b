"""What each day changes in the evidence after a selection: differences by episode, so that a day costs only its own."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np
import polars as pl

from learning_pipeline.tuning.episodes import EPISODE, Known, as_known
from learning_pipeline.tuning.evidence import Forward
from learning_pipeline.tuning.grid import Bools, Grid, Ints
from learning_pipeline.tuning.scores import reach_of

_decode = msgspec.json.Decoder(dict[str, str]).decode
WHOSE = EPISODE[1:]


class Seen(NamedTuple):
    """Counts of what came after a selection, by either source of labels.

    Attributes
    ----------
    simulated, reported : tuple of four int
        The counts of `Forward` by that source.
    n_told, n_untold : int
        Episodes with a reported label; with a simulated one only.
    """

    simulated: tuple[int, ...] = (0, 0, 0, 0)
    reported: tuple[int, ...] = (0, 0, 0, 0)
    n_told: int = 0
    n_untold: int = 0

    @property
    def forward(self) -> Forward:
        """Counts of one source: reported where that is known of every labelled episode, else simulated."""
        return Forward(*(self.reported if self.n_told and not self.n_untold else self.simulated))

    def plus(self, other: Seen) -> Seen:
        """Both together."""
        first, second = (
            tuple(a + b for a, b in zip(x, y, strict=True)) for x, y in zip(self[:2], other[:2], strict=True)
        )
        return Seen(first, second, self.n_told + other.n_told, self.n_untold + other.n_untold)


class Changes:
    """Labels of episodes that came, changed or went on each of some days.

    Parameters
    ----------
    known : Known
        What is known, and since when; of ``lookback_days`` + 1 days before ``first`` at least.
    first, last : int
        Days since 1970.
    lookback_days : int
        How long after its decision an episode may still change; then it counts for good as it stands.
    grid : Grid
        The levers.
    """

    def __init__(self, known: Known, first: int, last: int, lookback_days: int, grid: Grid) -> None:
        found = differences(known, first, last, lookback_days)
        whose = zip(found["day"].to_list(), found["pattern_key"].to_list(), strict=True)
        edges: dict[tuple[int, str], list[int]] = {}
        for row, key in enumerate(whose):
            edges.setdefault(key, [row, row])[1] = row + 1
        self._rows = {key: slice(*edge) for key, edge in edges.items()}
        texts = found["scope"].unique().sort()
        self._scopes = [_decode(text) for text in texts]
        self._scope = found["scope"].cast(pl.Enum(texts)).to_physical().to_numpy()
        self._sign, self._began_on, self._cell = (found[name].to_numpy() for name in ("sign", "began_on", "cell"))
        self._labels = [found[name].cast(pl.Int64).fill_null(-1).to_numpy() for name in ("simulated", "reported")]
        self._grid = grid
        self._inside: dict[str, Bools] = {}
        self._bearing: dict[int, Bools] = {}

    def on(self, day: int, pattern_key: str, scope: str, policy: int, after: int) -> Seen:
        """What a day changes for one policy in one slice, of episodes that began after a day.

        Parameters
        ----------
        day, after : int
            Days since 1970.
        pattern_key, scope : str
            The slice.
        policy : int
            A loosening policy.
        """
        rows = self._rows.get((day, pattern_key))
        if rows is None:
            return Seen()
        counts = self._sign[rows] * (self._matches(scope)[self._scope[rows]] & (self._began_on[rows] > after))
        changed, pool = self._of(policy)[:, self._cell[rows]]
        simulated, reported = (label[rows] for label in self._labels)
        told, untold = counts[reported >= 0].sum(), counts[(reported < 0) & (simulated >= 0)].sum()
        by_source = [_four(counts, label, changed, pool) for label in (simulated, reported)]
        return Seen(by_source[0], by_source[1], int(told), int(untold))

    def _matches(self, scope: str) -> Bools:
        """Which of the scopes that occur lie in a slice."""
        if scope not in self._inside:
            asked = _decode(scope).items()
            self._inside[scope] = np.array([asked <= each.items() for each in self._scopes], dtype=np.bool_)
        return self._inside[scope]

    def _of(self, policy: int) -> Bools:
        """By cell: newly admitted by the policy; in the pool that it draws from."""
        if policy not in self._bearing:
            n, grid = self._grid.size, self._grid
            newly = (grid.positions <= grid.positions[policy]).all(axis=1) & (grid.positions > grid.base).any(axis=1)
            changed = np.zeros(n + 4, dtype=np.bool_)
            changed[:n] = newly
            self._bearing[policy] = np.stack([changed, reach_of(grid) > 0])
        return self._bearing[policy]


def differences(known: Known, first: int, last: int, lookback_days: int) -> pl.DataFrame:
    """Labelled states of episodes that begin (``sign`` 1) or end (-1) on some days.

    Returns
    -------
    DataFrame
        ``day`` (since 1970), ``pattern_key``, ``sign``, ``scope``, ``began_on`` (first decision of the episode within
        the window), ``cell``, ``simulated``, ``reported`` (success; null: not known); by day and pattern. What leaves
        the window has no end: it counts on as it stood.
    """
    alive = known.decided.with_columns(
        start=pl.max_horizontal("since", "decided_on"),
        end=pl.min_horizontal("until", pl.col("decided_on") + lookback_days),
    ).filter(pl.col("start") < pl.col("end"), pl.col("end") >= first)
    spans = _spans(alive, known)
    each = alive.join(spans, on=WHOSE).filter(pl.col("start") <= pl.col("as_of"), pl.col("end") > pl.col("as_of"))
    began = each.group_by(EPISODE).agg(began_on=pl.col("decided_on").min())
    states = as_known(known, each.drop("since", "until")).join(spans, on=EPISODE).join(began, on=EPISODE)
    labelled = states.filter(pl.any_horizontal(pl.col("simulated", "reported").is_not_null()))
    columns = ["pattern_key", "scope", "began_on", "cell", "simulated", "reported", "episode"]
    begins = labelled.select(*columns, day="as_of", sign=pl.lit(1))
    ends = _ended(labelled, each, lookback_days).select(*columns, day="span_end", sign=pl.lit(-1))
    both = pl.concat([begins, ends]).filter(pl.col("day").is_between(first, last))
    return both.sort("day", "pattern_key", "episode", "sign").drop("episode")


def _ended(states: pl.DataFrame, each: pl.DataFrame, lookback_days: int) -> pl.DataFrame:
    """States that something took the place of; not those that left the window and had nothing after them."""
    stays = each.select(*WHOSE, span_end="as_of", goes_on=pl.lit(value=True)).unique()
    after = states.join(stays, on=[*WHOSE, "span_end"], how="left")
    return after.filter((pl.col("decided_on") + lookback_days != pl.col("span_end")) | pl.col("goes_on"))


def _spans(alive: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Days from ``as_of`` until ``span_end`` on which nothing of an episode changes."""
    whose = alive.select(*WHOSE, "signal_id").unique()
    labels = [known.simulated.select("signal_id", as_of="since"), known.simulated.select("signal_id", as_of="until")]
    labels.append(known.reported.select("signal_id", as_of="since"))
    heard = whose.join(pl.concat(labels), on="signal_id").select(*WHOSE, "as_of")
    edges = pl.concat([alive.select(*WHOSE, as_of="start"), alive.select(*WHOSE, as_of="end"), heard]).unique()
    until = pl.col("as_of").shift(-1).over(WHOSE)
    return edges.sort(*WHOSE, "as_of").with_columns(span_end=until).filter(pl.col("span_end").is_not_null())


def _four(counts: Ints, label: Ints, changed: Bools, pool: Bools) -> tuple[int, ...]:
    won, lost = counts * (label == 1), counts * (label == 0)
    parts = (won[changed], lost[changed], won[pool], won[pool] + lost[pool])
    return tuple(int(part.sum()) for part in parts)
