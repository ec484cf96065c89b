"""The fold agrees with the plain rules, and with itself however its input is cut, ordered or extended."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.contracts import days_between, end_of
from learning_pipeline.shadow import DelayedOutcomes, Outcomes, Settled, ShadowSettings, bars_from, settle
from learning_pipeline_tests.shadow import slow
from learning_pipeline_tests.shadow.builders import no_pending
from learning_pipeline_tests.shadow.worlds import World, world, worlds

POLICIES = [ShadowSettings(), ShadowSettings(resolution="signal", ttl_minutes=300, stop_atr=1)]
policies = st.sampled_from(POLICIES)


def run(w: World, policy: ShadowSettings) -> Settled:
    return settle(no_pending(), w.decisions, w.bars, policy, w.first, w.last, w.now)


def same(a: pl.DataFrame, b: pl.DataFrame) -> bool:
    """The same bytes as text: nulls and the sign of 0 included, the layout in memory not."""
    return a.schema == b.schema and a.write_ndjson() == b.write_ndjson()


@settings(max_examples=60, deadline=None)
@given(worlds, policies)
def test_every_outcome_is_that_of_the_plain_rules(w, policy):
    outcomes, pending, _ = run(w, policy)
    rows, still = slow.fold(w.decisions.to_dicts(), w.bars.to_dicts(), policy, w.first, w.last, w.now)
    key = ["signal_id", "known_at"]
    expected = Outcomes.frame(
        [{**row, "day": row["known_at"].date(), "policy_hash": policy.policy_hash()} for row in rows]
    )
    assert_same_rows(outcomes, expected.sort(key))
    open_rows = [(row["as_of"], row["signal_id"], row["known_at"]) for row in still]
    assert pending.select("as_of", "signal_id", "known_at").rows() == sorted(open_rows)


def assert_same_rows(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    assert found.height == expected.height
    for ours, theirs in zip(found.to_dicts(), expected.to_dicts(), strict=True):
        for name, value in theirs.items():
            wanted = pytest.approx(value, rel=1e-12, abs=1e-12) if isinstance(value, float) else value
            assert ours[name] == wanted, (name, ours, theirs)


@settings(max_examples=25, deadline=None)
@given(worlds, policies)
def test_a_range_equals_its_days_one_after_the_other(w, policy):
    whole = run(w, policy)
    before, parts = no_pending(), []
    for day in days_between(w.first, w.last):
        arrived = w.decisions.filter(pl.col("day") == day)
        since = bars_from(before, arrived, policy)
        bars = w.bars.filter(pl.col("day") >= since) if since else w.bars.clear()
        part = settle(before, arrived, bars, policy, day, day, min(end_of(day), w.now))
        before = part[1]
        parts.append(part)
    assert same(Outcomes.checked(pl.concat([p[0] for p in parts])), whole[0])
    assert same(pl.concat([p[1] for p in parts]), whole[1])
    assert same(DelayedOutcomes.checked(pl.concat([p[2] for p in parts])), whole[2])


@settings(max_examples=25, deadline=None)
@given(worlds, policies, st.integers(0, 1000))
def test_order_of_rows_and_older_bars_do_not_matter(w, policy, seed):
    since = bars_from(no_pending(), w.decisions, policy)
    needed = w.bars.filter(pl.col("day") >= since) if since else w.bars.clear()
    shuffled = (frame.sample(fraction=1, shuffle=True, seed=seed) for frame in (w.decisions, needed))
    again = settle(no_pending(), *shuffled, policy, w.first, w.last, w.now)
    assert all(same(a, b) for a, b in zip(run(w, policy), again, strict=True))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: p.resolution)
def test_nothing_rests_on_what_was_not_known_yet(policy):
    w = world(17, n_decisions=60)
    outcomes, _, delayed = run(w, policy)
    assert {"hit_target", "hit_stop", "ttl_expired", "unlabelled"} <= set(outcomes["outcome"])
    cuts = [dt.datetime.combine(w.first, dt.time(1), dt.UTC) + dt.timedelta(hours=3.7 * k) for k in range(56)]
    assert {5, 6} <= {cut.weekday() for cut in cuts}
    for cut in cuts:
        revised_today = w.decisions.filter((pl.col("known_at") > cut) & (pl.col("day") == cut.date()))["signal_id"]
        stands = (pl.col("known_at") <= cut) & ~pl.col("signal_id").is_in(revised_today.implode())
        deaf = as_of(w, cut, pl.DataFrame.clear)
        for seen in (as_of(w, cut, poisoned), World(deaf.decisions, deaf.bars, w.first, cut.date(), cut)):
            found = run(seen, policy)
            assert same(found.outcomes.filter(stands), outcomes.filter(stands))
            assert same(found.delayed.filter(stands), delayed.filter(stands))


def as_of(w: World, cut: dt.datetime, future) -> World:
    """The world with its bars after the cut replaced, and without the decisions after it.

    A decision revised later on the cut's own day is left out of the comparison: days, not instants, are versions.
    """
    late = pl.col("known_at") > cut
    bars = pl.concat([w.bars.filter(~late), future(w.bars.filter(late))])
    return World(w.decisions.filter(~late), bars, w.first, w.last, w.now)


def poisoned(bars: pl.DataFrame) -> pl.DataFrame:
    """Prices that would hit anything."""
    return bars.with_columns(open=pl.lit(1e-6), high=pl.lit(1e9), low=pl.lit(1e-6), close=pl.lit(1e9))


def test_the_poison_would_be_noticed():
    w = world(17, n_decisions=60)
    whole = run(w, POLICIES[0])
    leaking = run(World(w.decisions, poisoned(w.bars), w.first, w.last, w.now), POLICIES[0])
    assert not same(whole.outcomes, leaking.outcomes)
    assert not same(whole.delayed, leaking.delayed)


def test_a_revised_decision_replaces_one_that_is_open_and_not_one_that_is_settled():
    w = world(11, n_decisions=80)
    outcomes, pending, _ = run(w, POLICIES[0])
    versions = w.decisions.group_by("signal_id").len("n")
    rows = outcomes.group_by("signal_id").len("rows").join(versions, on="signal_id")
    assert (rows["rows"] <= rows["n"]).all()
    assert rows.filter(pl.col("rows") > 1).height > 0
    assert rows.filter(pl.col("rows") < pl.col("n")).height > 0
    assert pending.group_by("as_of", "signal_id").len()["len"].max() == 1


def test_nothing_to_follow_gives_empty_tables_and_needs_no_bars():
    w = world(1)
    found = settle(no_pending(), w.decisions.clear(), w.bars, POLICIES[0], w.first, w.last, w.now)
    assert [table.height for table in found] == [0, 0, 0]
    assert bars_from(no_pending(), w.decisions.clear(), POLICIES[0]) is None
