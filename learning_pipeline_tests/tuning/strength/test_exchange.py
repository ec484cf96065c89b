"""p by exchange within days: against all deals one by one, and in worlds without any lean."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from learning_pipeline.events.tables import Trades as Table
from learning_pipeline.tuning.evidence import members
from learning_pipeline.tuning.lifecycle import EPOCH
from learning_pipeline.tuning.strength.directions import Trades, directed
from learning_pipeline.tuning.strength.exchange import WAYS, Exchange
from learning_pipeline_tests.tuning.strength.worlds import Row, traded
from learning_pipeline_tests.tuning.worlds import day

LOST, SAVED, WON, DULL = (-0.1, False, None), (-0.2, True, None), (0.3, None, True), (0.05, None, False)


def exchange(trades: list[Row], pattern: str = "p", as_of: int = 60) -> Exchange:
    found = Trades.in_windows(directed(Table.frame(trades), ["profit"]), [(day(as_of) - EPOCH).days], 90)
    return Exchange.of(found, members(found, pattern, "{}"))


def some(rng: random.Random, sizes: list[tuple[int, int]], lean: float = 0.0) -> list[Row]:
    """On each day some trades of p, which lose and were trimmed more often, and some of q."""
    rows = []
    for on, (own, others) in enumerate(sizes):
        mood = rng.choice([0.3, 0.5, 0.7])
        for k in range(own + others):
            more = lean if k < own else 0.0
            kind = rng.choice([LOST, SAVED]) if rng.random() < mood + more else rng.choice([WON, DULL])
            rows.append(traded(f"t{on}-{k:03}", *kind, on, pattern_key="p" if k < own else "q"))
    return rows


def exact_p(one: Exchange, signs: tuple[int, int]) -> float:
    """Every way to deal every day, one by one."""
    n = np.bincount(one.day)
    starts = np.cumsum(n) - n
    deals = [itertools.combinations(range(a, a + k), own) for a, k, own in zip(starts, n, one.own, strict=True)]
    totals = np.array([one.lean[list(itertools.chain(*deal))].sum(axis=0) for deal in itertools.product(*deals)])
    along = (totals - totals.mean(axis=0)) @ WAYS.T
    sd = np.where(along.std(axis=0) > 1e-9, along.std(axis=0), np.nan)
    which = [tuple(way) for way in WAYS.tolist()].index(signs)
    observed = (one.total - totals.mean(axis=0)) @ np.array(signs) / sd[which]
    return float((np.fmax.reduce(along / sd, axis=1) >= observed - 1e-9).mean())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sizes", [[(2, 3), (1, 4), (3, 2)], [(4, 1), (5, 2), (2, 2)]])
def test_p_is_the_share_of_all_deals(seed: int, sizes: list[tuple[int, int]]) -> None:
    """Few of its own, and few of the others."""
    one = exchange(some(random.Random(seed), sizes))
    for signs in ((-1, 1), (1, -1)):
        exact = exact_p(one, signs)
        assert one.p(signs, 7, 20_000, stop_after=20_001) == pytest.approx(exact, abs=4 * (exact / 20_000) ** 0.5)


def test_a_lean_of_its_own_is_seen_and_its_opposite_is_not() -> None:
    one = exchange(some(random.Random(1), [(2, 8)] * 40, lean=0.4))
    assert one.p((-1, 1), 0, 9999) < 0.001
    assert one.p((1, -1), 0, 9999) > 0.5


def test_what_all_share_is_no_lean_of_ones_own() -> None:
    """Everybody loses and was trimmed: true of p, and of the others too."""
    rows = [traded(f"t{k:03}", *(SAVED if k % 10 else WON), k % 30, pattern_key="pq"[k % 2]) for k in range(200)]
    assert exchange(rows).p((-1, 1), 0, 1999) > 0.2


def test_without_others_on_its_days_nothing_can_be_exchanged() -> None:
    alone = some(random.Random(2), [(5, 0), (0, 5)] * 10)
    assert [exchange(alone).p(signs, 0, 1999) for signs in ((-1, 1), (1, -1))] == [1.0, 1.0]
    alike = [traded(f"t{k}", *SAVED, k % 3, pattern_key="pq"[k % 2]) for k in range(30)]
    assert exchange(alike).p((-1, 1), 0, 1999) == 1.0


def test_the_order_of_rows_does_not_matter() -> None:
    rng = random.Random(3)
    rows = some(rng, [(3, 3)] * 12, lean=0.1)
    assert exchange(rng.sample(rows, len(rows))).p((-1, 1), 5, 1999) == exchange(rows).p((-1, 1), 5, 1999)


@pytest.mark.parametrize("sizes", [[(1, 9)] * 40, [(3, 2)] * 40])
def test_null_p_is_small_no_more_often_than_it_should(sizes: list[tuple[int, int]]) -> None:
    """Days have moods that all of their trades share; the signs are those that the data speak for."""
    small = 0
    for seed in range(400):
        one = exchange(some(random.Random(seed), sizes))
        signs = (-1, 1) if one.total[0] < one.total[1] else (1, -1)
        small += one.p(signs, seed, 399) <= 0.05
    assert small / 400 <= 0.065
