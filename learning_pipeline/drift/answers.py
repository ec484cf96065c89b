"""Whether a language model answers as it did: refusals, answers that fit their schema, latency, what it talks about."""

from __future__ import annotations

import numpy as np
import polars as pl

from learning_pipeline.drift.bins import Bins, Floats, Ints
from learning_pipeline.drift.distance import ks
from learning_pipeline.drift.exchange import Exchange
from learning_pipeline.drift.finding import Finding, mean
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.drift.shift import day_counts
from learning_pipeline.drift.window import Sample, newest_days

MICRO = 1e6
"""Embeddings are added up in millionths: whole numbers have one sum, in whatever order."""


def answer_findings(answers: pl.DataFrame, last: int, key: str, settings: DriftSettings) -> list[Finding]:
    """The newest answers of one prompt pack and version against those of the days before.

    Parameters
    ----------
    answers : DataFrame
        ``events.ai_responses`` of one pack and version, in key order, of the window's and the reference's days.
    last : int
        Ordinal of the day that it is told of.
    key : str
        What the draws are made from.

    Returns
    -------
    list of Finding
        ``refusal``, ``schema_fail`` (shares), ``latency`` (medians, milliseconds), and ``embedding_shift`` where there
        are embeddings of one length. None at all where the window holds no answer; null scores where either is small.
    """
    ordinals = answers["happened_at"].dt.date().to_physical().to_numpy().astype(np.int64)
    in_reach = ordinals > last - settings.window_days
    n = int(in_reach.sum())
    if not n:
        return []
    first = newest_days(ordinals[in_reach], settings)
    since = last - settings.window_days + 1 if first is None else first
    is_window = ordinals >= since
    n_days_before = len(np.unique(ordinals[~is_window]))
    is_enough = first is not None and (~is_window).sum() >= settings.n_min and n_days_before >= settings.days_min
    exchange = Exchange(n_days_before, len(np.unique(ordinals[is_window])), settings.draws, key) if is_enough else None
    compared = _Compared(ordinals, is_window, exchange, key, settings)
    return [*compared.shares(answers), compared.latency(answers), *compared.embeddings(answers)]


class _Compared:
    """Answers before and since a day; without an exchange too few to say anything."""

    def __init__(
        self, ordinals: Ints, is_window: np.ndarray, exchange: Exchange | None, key: str, settings: DriftSettings
    ) -> None:
        self._ordinals, self._is_window, self._exchange = ordinals, is_window, exchange
        self._n, self._key, self._settings = int(is_window.sum()), key, settings

    def shares(self, answers: pl.DataFrame) -> list[Finding]:
        """Shares refused and not fitting: their difference is the KS distance of two values."""
        refused, unfit = answers["refused"], ~answers["schema_valid"]
        return [
            self._share("refusal", refused.cast(pl.Float64).to_numpy(), self._settings.refusal_threshold),
            self._share("schema_fail", unfit.cast(pl.Float64).to_numpy(), self._settings.schema_fail_threshold),
        ]

    def _share(self, metric: str, values: Floats, size: float) -> Finding:
        if self._exchange is None:
            return Finding(metric, "*", self._n, 0, size)
        before, now = self._split(values)
        counts = day_counts(Bins(np.array([0.5]), np.arange(3)), before, now)
        means = mean(before.values), mean(now.values)
        return Finding(metric, "*", self._n, 0, size, *self._exchange.p(counts, ks, size), *means)

    def latency(self, answers: pl.DataFrame) -> Finding:
        """KS distance of the times to an answer."""
        size = self._settings.latency_threshold
        if self._exchange is None:
            return Finding("latency", "*", self._n, 0, size)
        before, now = self._split(answers["latency_ms"].to_numpy())
        counts = day_counts(Bins.of(before.values, self._settings.psi_bins), before, now)
        medians = float(np.median(before.values)), float(np.median(now.values))
        return Finding("latency", "*", self._n, 0, size, *self._exchange.p(counts, ks, size), *medians)

    def embeddings(self, answers: pl.DataFrame) -> list[Finding]:
        """Cosine distance of mean embeddings; only answers that have one of the usual length are looked at."""
        lengths = answers["embedding"].list.len().fill_null(0)
        if not lengths.max():
            return []
        usual = lengths.filter(lengths > 0).mode().min()
        has_one = (lengths == usual).to_numpy()
        n, size = int((has_one & self._is_window).sum()), self._settings.embedding_threshold
        there = self._ordinals[has_one]
        sums, n_window = _day_sums(answers["embedding"].filter(has_one), there, self._is_window[has_one])
        n_before = len(sums) - n_window
        least = min(n, int(has_one.sum()) - n)
        is_known = self._exchange is not None and least >= self._settings.n_min
        if not is_known or min(n_window, n_before) < self._settings.days_min:
            return [Finding("embedding_shift", "*", n, 0, size)]
        exchange = Exchange(n_before, n_window, self._settings.draws, f"{self._key} embedding")
        return [Finding("embedding_shift", "*", n, 0, size, *exchange.p(sums, cosine_distance, size))]

    def _split(self, values: Floats) -> tuple[Sample, Sample]:
        is_window = self._is_window
        before, now = (Sample.of(values[of], self._ordinals[of]) for of in (~is_window, is_window))
        return before, now


def cosine_distance(left: Floats, right: Floats) -> Floats:
    """1 minus the cosine of the angle between sums of embeddings, shape (..., k) -> (...,); 0 to 2.

    >>> float(cosine_distance(np.array([1.0, 0.0]), np.array([0.0, 2.0])))
    1.0
    """
    products = [np.cumsum(a * b, axis=-1)[..., -1] for a, b in ((left, right), (left, left), (right, right))]
    norm = np.sqrt(products[1] * products[2])
    return 1.0 - np.divide(products[0], norm, out=np.ones_like(norm), where=norm > 0)


def _day_sums(embeddings: pl.Series, ordinals: Ints, is_window: np.ndarray) -> tuple[Floats, int]:
    """Sums of embeddings per day, those of the reference first, in millionths; and how many days are the window's."""
    rows = np.rint(np.stack(embeddings.to_list()) * MICRO)
    days, day = np.unique(ordinals, return_inverse=True)
    sums = np.zeros((len(days), rows.shape[1]))
    np.add.at(sums, day, rows)
    return sums, len(np.unique(ordinals[is_window]))
