"""What the gate measures, against slow obvious sums; and everything that must keep a model from passing."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from learning_pipeline.datasets.matrix import matrix
from learning_pipeline.errors import EvaluationRefused
from learning_pipeline.models.bundle import Bundle, Calibration
from learning_pipeline.models.evaluation.evaluation import Evaluation
from learning_pipeline.models.evaluation.signal_model import evaluate_signal_model
from learning_pipeline.models.packs.pack import Pack
from learning_pipeline.models.training import MODEL_TYPE, bundle_of, search
from learning_pipeline.stats import moments, probabilistic_sharpe
from learning_pipeline_tests.models.evaluation.worlds import DATASET, OPENS, manifest_of, pack_of, world
from learning_pipeline_tests.models.examples import SMALL

MANIFEST = {"dataset_id": DATASET, "last_day": OPENS - dt.timedelta(days=9)}


class Case(NamedTuple):
    bundle: Bundle
    pack: Pack
    trials: list[dict]

    def evaluated(self, **changed: object) -> Evaluation:
        given = {"bundle": self.bundle, "pack": self.pack, "dataset": MANIFEST, "trials": self.trials, "train_id": "t1"}
        return evaluate_signal_model(**(given | changed))


@pytest.fixture(scope="module")
def case() -> Case:
    """A model that foretells something, trained on days before the pack."""
    made = world(1, "zero", edge=1.0, n_training=1200, n_pack=800)
    found = search(made.training, SMALL)
    trials = [trial.row(DATASET, MODEL_TYPE) | {"train_id": "t1"} for trial in found.trials]
    return Case(bundle_of(found, DATASET), made.pack, trials)


def gate(found: Evaluation, name: str):
    return next(each for each in found.gates if each.gate == name)


def test_a_planted_edge_passes_every_gate(case: Case) -> None:
    found = case.evaluated()
    assert found.passed, found.reason
    assert found.reason is None
    assert [each.gate for each in found.gates] == [
        "sharpe_gain",
        "sharpe_gain_over_all",
        "max_drawdown",
        "deflated_sharpe",
        "overfitting",
        "trades",
    ]


def test_figures_are_those_of_slow_sums(case: Case) -> None:
    found, rows = case.evaluated(), case.pack.rows
    said = case.bundle.probabilities(matrix(rows["features"], case.bundle.features))
    for name, takes in (
        ("metrics", [p > case.bundle.threshold for p in said]),
        ("baseline", [decision == "approved" for decision in rows["decision"]]),
    ):
        figures, by_day = getattr(found, name), defaultdict(list)
        for row, taken in zip(rows.iter_rows(named=True), takes, strict=True):
            if taken:
                by_day[row["known_at"].date()].append(row["net_roi"])
        first, last = rows["decided_at"].min().date(), rows["known_at"].max().date()
        days = [first + dt.timedelta(days=k) for k in range((last - first).days + 1)]
        series = [math.fsum(by_day[day]) for day in days]
        assert figures["n_days"] == len(days)
        assert figures["n_trades"] == sum(takes)
        assert figures["total_roi"] == pytest.approx(sum(series))
        daily = np.mean(series) / np.std(series, ddof=1)
        assert figures["sharpe_daily"] == pytest.approx(daily)
        assert figures["sharpe_annual"] == pytest.approx(daily * math.sqrt(365))
        highest = fall = account = 0.0
        for result in series:
            account += result
            highest = max(highest, account)
            fall = max(fall, highest - account)
        assert figures["max_drawdown"] == pytest.approx(fall)
        assert figures["psr"] == pytest.approx(probabilistic_sharpe(moments(series)))
    won, lost = said[rows["success"].to_numpy()], said[~rows["success"].to_numpy()]
    pairs = (won[:, None] > lost[None, :]).mean() + (won[:, None] == lost[None, :]).mean() / 2
    assert found.metrics["auc"] == pytest.approx(pairs)


def test_nothing_depends_on_the_order_of_rows(case: Case) -> None:
    turned = Pack(case.pack.manifest, case.pack.raw, case.pack.rows.sample(fraction=1.0, shuffle=True, seed=3))
    found, again = case.evaluated(), case.evaluated(pack=turned, trials=case.trials[::-1])
    assert (found.metrics, found.baseline) == (again.metrics, again.baseline)


def test_every_recorded_trial_counts_and_failed_ones_too(case: Case) -> None:
    failed = [{"trial_id": f"f{k}", "train_id": "t0", "status": "failed", "daily_roi": {}} for k in range(5000)]
    few, many = case.evaluated(), case.evaluated(trials=case.trials + failed)
    assert few.metrics["n_trials"] == 3
    assert many.metrics["n_trials"] == 5003
    assert many.metrics["trial_sharpe_variance"] == few.metrics["trial_sharpe_variance"]
    assert many.metrics["deflated_sharpe"] < few.metrics["deflated_sharpe"]
    assert many.metrics["pbo"] == few.metrics["pbo"]  # of its own grid


def test_trials_that_lie_far_apart_raise_what_is_asked(case: Case) -> None:
    rng, days = np.random.default_rng(0), [(OPENS - dt.timedelta(days=k)).isoformat() for k in range(300)]
    wild = [
        {
            "trial_id": f"w{k}",
            "train_id": "t0",
            "status": "finished",
            "daily_roi": dict(zip(days, rng.normal(size=300) + rng.normal() / 2, strict=True)),
        }
        for k in range(60)
    ]
    found = case.evaluated(trials=case.trials + wild)
    assert found.metrics["expected_best_sharpe_daily"] > 0.8
    assert not gate(found, "deflated_sharpe").passed
    assert not found.passed


def test_the_gain_must_hold_at_its_lower_bound(case: Case) -> None:
    found = case.evaluated()
    low, gain = found.metrics["sharpe_gain_low"], found.metrics["sharpe_gain"]
    between = (low + gain) / 2
    asked = pack_of(case.pack.rows, min_sharpe_gain=between)
    again = case.evaluated(pack=asked)
    assert again.metrics["sharpe_gain"] > between > again.metrics["sharpe_gain_low"]
    assert not gate(again, "sharpe_gain").passed
    assert not again.passed


def test_a_deeper_fall_than_the_baseline_and_its_tolerance_fails(case: Case) -> None:
    found = case.evaluated()
    deep = case.pack.rows.with_columns(
        decision=pl.when(pl.col("success")).then(pl.lit("approved")).otherwise(pl.lit("blocked"))
    )
    again = case.evaluated(pack=pack_of(deep))  # a baseline that never lost
    assert gate(found, "max_drawdown").passed
    assert gate(again, "max_drawdown").bound == 0
    assert not gate(again, "max_drawdown").passed


def _constant(case: Case, threshold: float) -> Bundle:
    """Says the same of every signal: takes all of them, or none."""
    return case.bundle.model_copy(update={"calibration": Calibration(slope=0, intercept=0.0), "threshold": threshold})


def test_taking_nothing_beside_a_losing_baseline_does_not_pass(case: Case) -> None:
    made = world(2, "losing", n_training=400, n_pack=800)
    found = case.evaluated(bundle=_constant(case, 0.9), pack=made.pack)
    assert found.metrics["sharpe_gain"] > 0  # idle beats losing
    assert found.metrics["sharpe_annual"] is None
    assert not gate(found, "deflated_sharpe").passed
    assert not gate(found, "trades").passed


def test_taking_everything_beside_a_winning_baseline_does_not_pass(case: Case) -> None:
    made = world(3, "winning", n_training=400, n_pack=1600)
    found = case.evaluated(bundle=_constant(case, 0.1), pack=made.pack)
    assert found.metrics["n_trades"] == 1600
    assert gate(found, "deflated_sharpe").passed
    assert found.metrics["sharpe_gain"] > 0  # more trades a day, a better ratio
    assert found.metrics["sharpe_gain_over_all"] == 0
    assert not gate(found, "sharpe_gain_over_all").passed


def test_a_baseline_of_all_signals_is_compared_with_once(case: Case) -> None:
    found = case.evaluated(pack=pack_of(case.pack.rows, rule="all"))
    assert "sharpe_gain_over_all" not in {each.gate for each in found.gates}
    assert found.baseline["n_trades"] == case.pack.rows.height
    assert found.metrics["sharpe_gain_low"] == found.metrics["sharpe_gain_over_all_low"]


def test_a_training_without_recorded_trials_does_not_pass(case: Case) -> None:
    found = case.evaluated(trials=[])
    assert gate(found, "overfitting").value is None
    assert not gate(found, "overfitting").passed
    other = case.evaluated(train_id="another")
    assert not gate(other, "overfitting").passed


def test_training_must_end_before_the_windows(case: Case) -> None:
    opens = dt.datetime.combine(OPENS, dt.time(), dt.UTC)
    day = dt.timedelta(days=1)
    just_before = case.bundle.model_copy(update={"trained_until": opens - day - dt.timedelta(microseconds=1)})
    assert case.evaluated(bundle=just_before).metrics["n_trades"]
    with pytest.raises(EvaluationRefused, match="training saw prices up to"):
        case.evaluated(bundle=case.bundle.model_copy(update={"trained_until": opens - day}))
    with pytest.raises(EvaluationRefused, match="decisions reach to 2023-01-01"):
        case.evaluated(dataset=MANIFEST | {"last_day": OPENS})
    with pytest.raises(EvaluationRefused, match="names dataset"):
        case.evaluated(dataset=MANIFEST | {"dataset_id": "e" * 64})


def test_what_cannot_be_measured_is_refused_and_not_retried(case: Case) -> None:
    poorer = case.pack.rows.with_columns(features=pl.lit('{"noise_0":1.0}'))
    with pytest.raises(EvaluationRefused, match=r"lack 5 features of the model: halo") as caught:
        case.evaluated(pack=pack_of(poorer))
    assert caught.value.code == "E_LEARN_EVAL_FAILED"
    assert not caught.value.retryable
    with pytest.raises(EvaluationRefused, match="expected at least 400 days, found 20"):
        case.evaluated(pack=pack_of(case.pack.rows, min_days=400))
    with pytest.raises(EvaluationRefused, match="expected at least 50 examples, found 3"):
        case.evaluated(pack=pack_of(_few(case.pack.rows)))


def _few(rows: pl.DataFrame) -> pl.DataFrame:
    """Three rows, over as many days."""
    return rows.sort("decided_at")[[0, 400, 799]]


def test_windows_after_another_count_their_own_days_only(case: Case) -> None:
    middle = OPENS + dt.timedelta(days=100)
    apart = case.pack.rows.filter(
        (pl.col("day") < middle - dt.timedelta(days=20)) | (pl.col("day") > middle + dt.timedelta(days=20))
    )
    whole = manifest_of(apart)
    first, last = whole.windows[0].first_day, whole.windows[0].last_day
    from learning_pipeline.models.packs.manifest import Window
    from learning_pipeline.models.packs.pack import frozen

    two = (
        Window(first_day=first, last_day=middle - dt.timedelta(days=21)),
        Window(first_day=middle + dt.timedelta(days=21), last_day=last),
    )
    pack = Pack.read(*frozen(whole.model_copy(update={"windows": two}), apart))
    found = case.evaluated(pack=pack)
    assert found.metrics["n_days"] == pytest.approx((last - first).days + 1 - 41, abs=2)
