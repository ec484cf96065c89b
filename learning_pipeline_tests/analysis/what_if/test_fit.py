from __future__ import annotations

import json
import math
import random

import pytest

from learning_pipeline.analysis.what_if.fit import MAX_TRIALS, MIN_TRAINED, simplex
from learning_pipeline_tests.analysis.rows import day
from learning_pipeline_tests.analysis.what_if.worlds import World, asked, gate, row, world

FIT = {"weights": {"Score": "fit"}}
FIRST_DAY = 60
"""Of the window of 30 days up to day 89; training are the 90 days before it."""


def planted(seed: int = 0, n_days: int = 100, good: str = "x", turns: int | None = None) -> World:
    """Four decisions a day; what is earned goes with one of two components, from day ``turns`` on with the other.

    The bot scores by the mean of both and asks for 0.6; outcomes are known four days later.
    """
    made, rng = world(), random.Random(seed)
    for k in range(4 * n_days):
        name, parts = f"s{k:03}", {"x": rng.random(), "y": rng.random()}
        mean = (parts["x"] + parts["y"]) / 2
        passed = mean >= 0.6
        made.add(name, k / 4, "approved" if passed else "blocked", gate("score", mean, 0.6, passed), parts=parts)
        of = good if turns is None or k / 4 < turns else {"x": "y", "y": "x"}[good]
        made.settle(name, k / 4 + 4, 10 * (parts[of] - 0.5) + rng.gauss(0, 1))
    return made


@pytest.mark.parametrize(("k", "steps"), [(1, 4), (2, 4), (4, 4), (5, 4), (6, 3), (8, 2), (13, 2), (14, 1), (20, 1)])
def test_the_grid_is_every_split_of_one_in_equal_steps(k: int, steps: int) -> None:
    grid = [tuple(weights.values()) for weights in simplex(tuple(f"c{i:02}" for i in range(k)))]
    assert len(grid) == len(set(grid)) == math.comb(steps + k - 1, steps) <= MAX_TRIALS
    assert {round(sum(weights), 12) for weights in grid} == {1.0}
    assert all((share * steps).is_integer() and share >= 0 for weights in grid for share in weights)


@pytest.mark.parametrize("good", ["x", "y"])
def test_the_component_that_earns_is_found_and_pays_out_of_sample(good: str) -> None:
    found = row(planted(good=good), FIT, as_of=89)
    weights = json.loads(found["fitted_weights"])
    assert weights[good] >= 0.75
    assert (found["status"], found["n_trials"], found["n_unknown"]) == ("ok", 5, 0)
    assert found["ci_low_usd"] > 0


def test_weights_that_fitted_the_past_are_judged_by_what_came_after() -> None:
    # From the first day of the window on the other component earns: what was chosen before it loses.
    found = row(planted(turns=FIRST_DAY), FIT, as_of=89)
    assert json.loads(found["fitted_weights"])["x"] >= 0.75
    assert found["delta_usd"] < 0


def test_a_window_has_no_say_in_its_own_weights() -> None:
    honest = row(planted(seed=3), FIT, as_of=89)
    for known_from in (FIRST_DAY, FIRST_DAY + 10):
        made = planted(seed=3)
        for outcome in made.outcomes:
            if outcome["known_at"].date() >= day(known_from):
                outcome["net_pnl_usd"] *= -1000
        assert row(made, FIT, as_of=89)["fitted_weights"] == honest["fitted_weights"]
    # The same poison one day earlier is seen: the test can fail.
    made = planted(seed=3)
    for outcome in made.outcomes:
        if outcome["known_at"].date() == day(FIRST_DAY - 1):
            outcome["net_pnl_usd"] *= -1000
    assert row(made, FIT, as_of=89)["fitted_weights"] != honest["fitted_weights"]


def test_the_best_of_the_grid_is_that_of_a_plain_search() -> None:
    made, eve = planted(seed=5, n_days=70), day(FIRST_DAY - 1)
    pnl = {o["signal_id"]: o["net_pnl_usd"] for o in made.outcomes if o["known_at"].date() <= eve}
    parts = {s["signal_id"]: json.loads(s["score_components"]) for s in made.signals}

    def earned(x: float) -> float:
        return math.fsum(p for name, p in pnl.items() if x * parts[name]["x"] + (1 - x) * parts[name]["y"] >= 0.6)

    best = max([0.0, 0.25, 0.5, 0.75, 1.0], key=earned)
    assert json.loads(row(made, FIT, as_of=89)["fitted_weights"]) == {"x": best, "y": 1 - best}


def test_each_window_has_weights_of_its_own() -> None:
    rows, _ = asked(planted(turns=40), [89], {"it": FIT}, windows=(5, 45))
    chosen = {w: json.loads(text) for w, text in rows.select("window_days", "fitted_weights").unique().iter_rows()}
    assert chosen[45]["x"] >= 0.75 > chosen[5]["x"]


def test_before_its_window_the_bot_answers_as_it_did() -> None:
    # One slot, held from before the window by what only the bot approved: fitted weights must not free it.
    made = planted(n_days=60)
    made.add("held", 70.0, "approved", gate("score", 0.7, 0.6, True), parts={"x": 0.0, "y": 1.0})
    made.add("late", 85.0, "approved", gate("score", 0.9, 0.6, True), parts={"x": 1.0, "y": 0.8})
    rows, _ = asked(made, [89], {"it": FIT}, windows=(10, 40), max_open_positions=1)
    kept = {r["window_days"]: r for r in rows.filter(mode="capital_aware").iter_rows(named=True)}
    assert (kept[10]["n_kept"], kept[10]["n_no_room"]) == (0, 1)


def test_too_little_training_data_is_not_evaluable_and_says_how_much_there_was() -> None:
    # Four a day, outcomes known after four days: of the 28 days before day 28 those of 24 days are settled.
    for first_day, n in ((28, 96), (29, 100)):
        found = row(planted(), FIT, as_of=first_day + 4, windows=(5,))
        assert (found["status"] == "ok") == (n >= MIN_TRAINED)
        if n < MIN_TRAINED:
            assert found["reason"] == (
                f"expected 100 settled decisions with all score components and gate score in the 90 days "
                f"before the window, found {n}"
            )
            assert (found["n_trials"], found["delta_usd"]) == (None, None)


def test_decisions_without_components_are_unknown_and_train_nothing() -> None:
    made = planted()
    for signal in made.signals[300:]:
        signal["score_components"] = None
    found = row(made, FIT, as_of=89)
    assert (found["n_unknown"], found["n_kept"] + found["n_swapped_in"] + found["n_swapped_out"] > 0) == (60, True)


def test_a_component_that_comes_later_changes_nothing_before() -> None:
    made = planted()
    plain = asked(made, [70, 89], {"it": FIT})
    for signal in made.signals:
        if signal["day"] > day(89):
            signal["score_components"] = json.dumps({"x": 0.1, "y": 0.1, "z": 0.1})
    assert all(one.equals(other) for one, other in zip(plain, asked(made, [70, 89], {"it": FIT}), strict=True))


def test_other_changes_of_the_scenario_hold_while_weights_are_fitted() -> None:
    made = planted()
    extra = {"gate": "guard", "value": None, "base_threshold": None, "op": None, "passed": False}
    for decision in made.decisions[1::2]:
        made.gates.append({"signal_id": decision["signal_id"], "day": decision["day"]} | extra)
        decision |= {"decision": "blocked", "blocker_component": "guard"}
        decision["blocked_by"] = sorted({*decision["blocked_by"], "guard"})
    both = row(made, {**FIT, "drop": ["guard"]}, as_of=89)
    alone = row(made, FIT, as_of=89)
    assert both["n_swapped_in"] > alone["n_swapped_in"]
    assert both["n_kept"] + both["n_still_blocked"] + both["n_swapped_in"] + both["n_swapped_out"] == 120
