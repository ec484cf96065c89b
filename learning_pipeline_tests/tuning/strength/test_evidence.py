"""p of a lesson needs both: further than the others, and further than not at all."""

from __future__ import annotations

import random

import pytest
from scipy import stats

from learning_pipeline.events.tables import Trades as Table
from learning_pipeline.tuning.evidence import members
from learning_pipeline.tuning.lifecycle import EPOCH
from learning_pipeline.tuning.strength.directions import Trades, directed
from learning_pipeline.tuning.strength.evidence import by_itself, p_of
from learning_pipeline.tuning.strength.exchange import Exchange
from learning_pipeline_tests.tuning.strength.test_exchange import LOST, SAVED, WON, some
from learning_pipeline_tests.tuning.strength.worlds import Row, traded
from learning_pipeline_tests.tuning.worlds import day

N_DAYS = 90


def window(trades: list[Row]) -> Trades:
    return Trades.in_windows(directed(Table.frame(trades), ["profit"]), [(day(60) - EPOCH).days], N_DAYS)


def test_none_is_no_lean_the_other_way_where_the_others_lean() -> None:
    """p wins 42 times of 80; q nearly always loses. By exchange alone p would lean towards A."""
    rng = random.Random(4)
    own = [traded(f"p{k:03}", *(SAVED if k % 2 and k > 4 else WON), k % 40) for k in range(80)]
    others = [traded(f"q{k:03}", *(SAVED if rng.random() < 0.9 else WON), k % 40, pattern_key="q") for k in range(400)]
    own = [row | {"roi": 0.2 if row["roi"] > 0 else -0.2} for row in own]
    found = window([*own, *others])
    rows = members(found, "p", "{}")
    assert Exchange.of(found, rows).p((1, -1), 0, 9999) < 0.001
    alone = by_itself(found, rows, (1, -1), N_DAYS)
    assert p_of(found, rows, (1, -1), N_DAYS, 0, 9999) == alone
    assert 0.2 < alone < 1


def test_against_no_lean_it_is_a_t_test_on_the_days_of_the_window() -> None:
    found = window(some(random.Random(6), [(3, 0)] * 30))
    rows = members(found, "p", "{}")
    totals = [0.0] * N_DAYS
    for k in rows.tolist():
        totals[int(found.closed_on[k] - found.closed_on.min())] += found.weight[k] * (found.way_e[k] - found.way_a[k])
    signs = (-1, 1) if sum(totals) > 0 else (1, -1)
    assert by_itself(found, rows, signs, N_DAYS) == pytest.approx(stats.ttest_1samp(totals, 0).pvalue)
    assert by_itself(found, rows, (-signs[0], -signs[1]), N_DAYS) == 1.0


def test_nothing_to_go_by_proves_nothing() -> None:
    found = window([traded("a", *LOST)])
    assert by_itself(found, members(found, "x", "{}"), (-1, 0), N_DAYS) == 1.0
