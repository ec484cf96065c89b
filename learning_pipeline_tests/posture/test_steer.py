"""Steering: every number of the rule, then what holds for all postures and signals."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.errors import BadInput
from learning_pipeline.posture import Delta, Index, Posture, Rules, Steered, steer
from learning_pipeline_tests.posture.rows import NOON, S1, a_posture

LATER = NOON + dt.timedelta(days=1)
QUARTER = {"timeframe": "15m"}


def steered(*postures: Posture, a: float = 0.5, e: float = 0.5, scope: dict[str, str] | None = None, **more) -> Steered:
    return steer(postures, a, e, S1, QUARTER if scope is None else scope, more.pop("at", LATER), **more)


@pytest.mark.parametrize(("confidence", "strength"), [(0.2, 0.07), (0.6, 0.15), (0.9, 0.21), (1.0, 0.22)])
def test_how_strongly_a_confidence_steers(confidence: float, strength: float) -> None:
    found = steered(a_posture(confidence=confidence, dir_a=-1.0, dir_e=1.0))
    assert (found.confidence, found.steer) == (pytest.approx(confidence), pytest.approx(strength))
    assert (found.delta_a, found.delta_e) == (pytest.approx(-strength), pytest.approx(strength))
    assert (found.a, found.e) == (pytest.approx(0.5 - strength / 2), pytest.approx(0.5 + strength / 2))


def test_headroom_and_size_by_hand() -> None:
    """steer .15; A: .15 * -.6 = -.09, .8 - .09 * .8 = .728; E: .15 * .4 = .06, .3 + .06 * .7 = .342."""
    found = steered(a_posture(), a=0.8, e=0.3)
    assert (found.delta_a, found.delta_e) == (pytest.approx(-0.09), pytest.approx(0.06))
    assert (found.a, found.e, found.size_fraction) == (pytest.approx(0.728), pytest.approx(0.342), pytest.approx(0.464))
    assert (found.base_a, found.base_e) == (0.8, 0.3)


@pytest.mark.parametrize(("a", "size"), [(0.0, 0.10), (0.5, 0.35), (1.0, 0.60)])
def test_size_without_any_posture(a: float, size: float) -> None:
    assert steered(a=a) == Steered(a, 0.5, pytest.approx(size), a, 0.5)


def test_a_narrow_one_weighs_more_and_the_lone_global_one_counts() -> None:
    """Weights 1 * .6 and 2 * .45: shares .4 and .6; dir_a -.6 * .4 + .8 * .6 = .24, confidence .51, steer .132."""
    everywhere, quarter = a_posture(), a_posture("15m", scope=QUARTER, confidence=0.45, dir_a=0.8, dir_e=-0.9)
    found = steered(everywhere, quarter)
    assert found.used == {"o1": pytest.approx(0.4), "15m": pytest.approx(0.6)}
    assert (found.confidence, found.steer) == (pytest.approx(0.51), pytest.approx(0.132))
    assert (found.delta_a, found.delta_e) == (pytest.approx(0.132 * 0.24), pytest.approx(0.132 * -0.38))
    assert steered(everywhere).used == {"o1": 1.0}


@pytest.mark.parametrize(
    ("sure", "unsure", "used"),
    [(0.40, 0.39, ["sure"]), (0.39, 0.38, ["sure", "unsure"]), (0.9, 0.4, ["sure", "unsure"])],
)
def test_the_unsure_are_left_out_only_where_one_is_sure(sure: float, unsure: float, used: list[str]) -> None:
    found = steered(a_posture("sure", confidence=sure), a_posture("unsure", scope=QUARTER, confidence=unsure))
    assert sorted(found.used) == used
    assert found.dropped == ({} if len(used) == 2 else {"unsure": "low_confidence"})


def test_no_confidence_changes_nothing() -> None:
    found = steered(a_posture(confidence=0.0), a=0.3)
    assert (found.a, found.steer, found.used, found.dropped) == (0.3, 0.0, {}, {"o1": "no_weight"})


@pytest.mark.parametrize(
    "other",
    [{"pattern_key": "pm.range.S1.entry"}, {"scope": {"timeframe": "1h"}}, {"scope": QUARTER | {"chain": "sol"}}],
)
def test_nothing_that_is_not_for_the_signal_counts(other: dict[str, object]) -> None:
    assert steered(a_posture(**other), a=0.7) == Steered(0.7, 0.5, pytest.approx(0.45), 0.7, 0.5)


def test_it_counts_from_its_first_instant_to_its_end_which_is_no_longer_in_it() -> None:
    one, tick = a_posture(), dt.timedelta(microseconds=1)
    found = [steered(one, at=at) for at in (NOON - tick, NOON, one.expires_at - tick, one.expires_at)]
    assert [list(each.used) for each in found] == [[], ["o1"], ["o1"], []]
    assert [found[0].dropped, found[3].dropped] == [{"o1": "not_yet"}, {"o1": "expired"}]


def test_the_bias_is_off_by_default_and_moves_a_alone() -> None:
    without, biased = steered(a_posture()), steered(a_posture(), rules=Rules(base_bias=0.5))
    assert (biased.delta_a - without.delta_a, biased.delta_e) == (pytest.approx(0.5 * -0.02), without.delta_e)


FLAGS = Rules(flags={"trend": Delta(0.15, -0.05), "late": Delta(-0.25, 0.2)})


def test_flags_start_from_one_half() -> None:
    found = steered(a=0.9, e=0.9, rules=FLAGS, flags={"trend": True, "late": True, "new": True, "off": False})
    assert (found.a, found.e) == (pytest.approx(0.4), pytest.approx(0.65))
    assert found.flags == {"late": (-0.25, 0.2), "new": None, "trend": (0.15, -0.05)}
    assert found.ae_v2


def test_the_bots_own_pass_through_without_flags_and_where_v2_is_off() -> None:
    off = Rules(ae_v2_enabled=False, flags=FLAGS.flags)
    for found in (steered(a=0.9, e=0.8, rules=FLAGS), steered(a=0.9, e=0.8, rules=off, flags={"trend": True})):
        assert (found.a, found.e, found.flags, found.ae_v2) == (0.9, 0.8, {}, False)


def test_flags_never_lead_out_of_the_range() -> None:
    far = Rules(flags={"far": Delta(0.9, -0.9)})
    found = steered(rules=far, flags={"far": True})
    assert (found.a, found.e) == (1.0, 0.0)


@pytest.mark.parametrize("wrong", [{"a": 1.1}, {"e": -0.1}, {"a": float("nan")}, {"at": LATER.replace(tzinfo=None)}])
def test_what_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        steered(a_posture(), **wrong)


def test_two_for_one_pattern_and_scope_are_refused() -> None:
    with pytest.raises(BadInput, match="o1, o2"):
        Index([a_posture("o2"), a_posture("o1")])


WORDS = {"timeframe": ["15m", "1h"], "bucket": ["asia", "us"], "regime": ["wild", "calm"]}
scopes = st.fixed_dictionaries({}, optional={name: st.sampled_from(words) for name, words in WORDS.items()})
shares = st.floats(0, 1)
ways = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).filter(lambda way: sum(way) <= 0)


@st.composite
def one_posture(draw: st.DrawFn) -> Posture:
    dir_a, dir_e = draw(ways)
    since = NOON + dt.timedelta(days=draw(st.integers(-100, 5)))
    return a_posture(
        draw(st.sampled_from("abcdefghijkl")),
        pattern_key=draw(st.sampled_from([S1, S1, "other"])),
        scope=draw(scopes),
        dir_a=dir_a,
        dir_e=dir_e,
        confidence=draw(st.sampled_from([0.0, 0.1, 0.39, 0.4, 0.8, 1.0])),
        edge_raw_roi=draw(st.floats(-1, 1)),
        active_from=since,
        expires_at=since + dt.timedelta(days=90),
    )


def one_each(some: list[Posture]) -> list[Posture]:
    """One per id, and one per pattern and scope."""
    by_id = {one.override_id: one for one in some}.values()
    return list({(one.pattern_key, *sorted(one.scope.items())): one for one in by_id}.values())


sets = st.lists(one_posture(), max_size=10).map(one_each)


def plainly(postures: list[Posture], a: float, e: float, scope: dict[str, str], bias: float) -> tuple[float, float]:
    """The rule once more, walking through all postures."""
    there = [p for p in postures if p.pattern_key == S1 and all(scope.get(k) == v for k, v in p.scope.items())]
    now = [p for p in there if p.active_from <= LATER < p.expires_at]
    used = [p for p in now if p.confidence >= 0.4] or now
    weights = [(len(p.scope) + 1) * p.confidence for p in used]
    if not sum(weights):
        return a, e

    def mean(of: str) -> float:
        return sum(w * getattr(p, of) for w, p in zip(weights, used, strict=True)) / sum(weights)

    strength = min(0.03 + 0.2 * mean("confidence"), 0.22)
    deltas = strength * mean("dir_a") + bias * mean("edge_raw_roi"), strength * mean("dir_e")
    new = [x + d * (1 - x) if d >= 0 else x + d * x for x, d in zip((a, e), deltas, strict=True)]
    return min(max(new[0], 0.0), 1.0), new[1]


@given(sets, scopes, shares, shares, st.sampled_from([0.0, 0.01, 1.0]))
def test_equals_the_plain_rule_and_stays_in_range(
    postures: list[Posture], scope: dict[str, str], a: float, e: float, bias: float
) -> None:
    found = steered(*postures, a=a, e=e, scope=scope, rules=Rules(base_bias=bias))
    assert (found.a, found.e) == pytest.approx(plainly(postures, a, e, scope, bias), abs=1e-12)
    assert 0 <= found.a <= 1
    assert 0 <= found.e <= 1
    assert 0.1 <= found.size_fraction <= 0.6
    assert not found.used or sum(found.used.values()) == pytest.approx(1)
    assert not set(found.used) & set(found.dropped)


@given(sets, scopes, st.randoms(use_true_random=True))
def test_the_order_of_postures_does_not_matter(
    postures: list[Posture], scope: dict[str, str], rng: random.Random
) -> None:
    turned = dict(rng.sample(list(scope.items()), len(scope)))
    shuffled = rng.sample(postures, len(postures))
    assert steered(*shuffled, scope=turned) == steered(*postures, scope=scope)


@given(shares, shares, st.floats(-1, 1), st.floats(-1, 1), st.floats(0.01, 1))
def test_more_lean_moves_further_and_never_past_the_other(
    a: float, b: float, less: float, more: float, c: float
) -> None:
    """A never falls as the direction or the bot's own A rises."""
    less, more = sorted((less, more))
    low, high = (steered(a_posture(dir_a=way, dir_e=-1.0, confidence=c), a=a).a for way in (less, more))
    assert low <= high + 1e-15
    first, second = (steered(a_posture(confidence=c), a=x).a for x in sorted((a, b)))
    assert first <= second + 1e-15
    assert steered(a_posture(dir_a=0.0, dir_e=0.0, confidence=c), a=a, e=b)[:2] == (a, b)
