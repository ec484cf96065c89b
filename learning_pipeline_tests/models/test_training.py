"""Training finds what there is to find, says nothing where there is nothing, and gives the same bytes every time."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.datasets.splits import walk_forward
from learning_pipeline.errors import DataMissing, TrainingFailed
from learning_pipeline.models.break_even import break_even
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.calibrate import platt
from learning_pipeline.models.learners import LOGISTIC, TREES, baseline, grid
from learning_pipeline.models.sample import Sample
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.models.training import Recipe, Search, bundle_of, search
from learning_pipeline.models.trials import DAY_US, auc, tried
from learning_pipeline_tests.models.examples import DATASET, SMALL, digest, examples

THREADS = """
from learning_pipeline.models.training import search
from learning_pipeline_tests.models.examples import SMALL, digest, examples
print(digest(search(examples(n=400), SMALL)))
"""


@pytest.fixture(scope="module")
def planted() -> Search:
    return search(examples(), replace(SMALL, params=[*grid(0), baseline()]))


@pytest.fixture(scope="module")
def small() -> Search:
    return search(examples(n=400), SMALL)


@pytest.fixture(scope="module")
def made(planted: Search) -> Bundle:
    return bundle_of(planted, DATASET)


def test_an_edge_that_is_there_is_found(planted: Search, made: Bundle) -> None:
    chosen = planted.chosen.metrics
    assert chosen["auc"] > 0.65
    assert chosen["log_loss"] < chosen["base_log_loss"] - 0.05
    gains = dict(zip(made.features, made.trees.gains(3), strict=True))
    assert gains["halo"] > 2 * (gains["noise"] + gains["spread"])
    unseen = examples(seed=99)
    scores = made.probabilities(Sample.of(unseen, 1).x)
    assert auc(scores, unseen["success"].to_numpy().astype(float), np.ones(600)) > 0.65


def test_where_there_is_no_edge_the_model_has_none() -> None:
    """Out of fold no better than a coin; calibrated, it says little more than how often successes come."""
    aucs = []
    for seed in range(4):
        found = search(examples(seed, edge=0.0), SMALL)
        aucs.append(found.chosen.metrics["auc"])
        low, high = np.quantile(bundle_of(found, DATASET).probabilities(found.sample.x), [0.1, 0.9])
        assert high - low < 0.12
    assert abs(np.mean(aucs) - 0.5) < 0.04


def test_the_bundle_says_what_it_was_trained_on(made: Bundle) -> None:
    rows = examples()
    assert (made.dataset_id, made.n, made.features) == (DATASET, 600, ("halo", "noise", "spread"))
    assert made.dropped == {"dead": "always null", "flat": "constant"}
    assert made.n_effective == pytest.approx(rows["weight"].sum())
    assert made.trained_until == rows["label_end"].max()
    assert made.threshold == pytest.approx(0.008 / 0.020)
    assert (made.mean_win, made.mean_loss) == pytest.approx((0.012, 0.008))
    won = rows.filter("success")["weight"].sum() / rows["weight"].sum()
    assert made.success_share == pytest.approx(won)
    assert made.reference["spread"].null_share == pytest.approx(0.2)


def test_the_plainest_setting_with_the_least_log_loss_is_chosen(planted: Search, made: Bundle) -> None:
    losses = [t.metrics["log_loss"] for t in planted.trials if t.params["learner"] == TREES]
    assert planted.chosen.metrics["log_loss"] == min(losses)
    assert made.params == planted.chosen.params
    tied = [replace(trial, metrics={"log_loss": 0.5}) for trial in planted.trials]
    assert Search(planted.sample, tied).chosen.params == planted.trials[0].params


def test_every_setting_and_the_baseline_is_a_trial(planted: Search) -> None:
    assert [trial.params for trial in planted.trials] == [*grid(0), baseline()]
    rows = [trial.row(DATASET, "signal_model") for trial in planted.trials]
    assert len({row["trial_id"] for row in rows}) == 7
    assert {row["status"] for row in rows} == {"finished"}
    assert planted.metrics["baseline_log_loss"] == rows[-1]["metrics"]["log_loss"]


def test_a_setting_that_cannot_be_fitted_is_a_failed_trial() -> None:
    broken = grid(0)[0] | {"max_depth": -3}
    found = search(examples(n=400), replace(SMALL, params=[broken, grid(0)[0], baseline()]))
    row = found.trials[0].row(DATASET, "signal_model")
    assert (row["status"], row["metrics"], row["daily_roi"]) == ("failed", {}, {})
    assert "max_depth" in row["reason"]
    assert found.chosen.params == grid(0)[0]
    with pytest.raises(TrainingFailed, match="every setting failed"):
        _ = search(examples(n=400), replace(SMALL, params=[broken, baseline()])).chosen


def test_the_order_of_rows_changes_no_byte(small: Search) -> None:
    shuffled = examples(n=400).sample(fraction=1.0, shuffle=True, seed=3)
    assert digest(search(shuffled, SMALL)) == digest(small)


def test_the_number_of_threads_changes_no_byte(small: Search) -> None:
    names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"]
    command = [sys.executable, "-c", THREADS]
    done = subprocess.run(
        command, env=os.environ | dict.fromkeys(names, "3"), capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == digest(small), done.stderr


def test_another_seed_or_setting_is_another_configuration() -> None:
    models, datasets = ModelsSettings(), DatasetsSettings()
    one = Recipe.of(models, datasets)
    assert one == Recipe([*grid(0), baseline()], 5, 1.0, 1000)
    others = [(ModelsSettings(seed=1), datasets), (ModelsSettings(min_samples=999), datasets)]
    others += [(models, DatasetsSettings(embargo_days=2.0)), (models, DatasetsSettings(n_folds=4))]
    assert len({one.sha256(), *(Recipe.of(*each).sha256() for each in others)}) == 5
    assert Recipe.of(models, datasets).sha256() == one.sha256()


def test_nothing_after_a_test_moves_its_predictions(small: Search) -> None:
    """Poison every label and feature of the last two folds: the folds before are the same to the bit."""
    rows = examples(n=400)
    late = pl.col("decided_at") >= rows["decided_at"].sort()[400 * 4 // 6]
    poisoned = rows.with_columns(
        success=pl.when(late).then(~pl.col("success")).otherwise("success"),
        net_roi=pl.when(late).then(9.0).otherwise("net_roi"),
        features=pl.when(late).then(pl.lit('{"dead":null,"flat":1.0,"halo":9.0,"noise":9.0}')).otherwise("features"),
    )
    for one, two in zip(small.trials, search(poisoned, SMALL).trials, strict=True):
        before = rows.sort("signal_id").select(~late).to_series().to_numpy()[one.rows]
        assert before.sum() > 150
        assert (one.log_odds[before] == two.log_odds[before]).all()
        assert not (one.log_odds[~before] == two.log_odds[~before]).any()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (lambda rows: rows.head(299), "at least 300 labelled examples .LEARN_MIN_SAMPLES., found 299"),
        (lambda rows: rows.with_columns(success=True), "the same result"),
        (lambda rows: rows.with_columns(features=pl.lit('{"a":1,"b":null}')), "none of 2 features differs"),
        (lambda rows: rows.with_columns(features=pl.lit("{}")), "none of 0 features differs"),
        (lambda rows: rows.with_columns(success=pl.int_range(pl.len()) >= 250), "before test 1 have the same result"),
    ],
    ids=["few", "one-result", "nothing-differs", "no-features", "one-result-in-a-fold"],
)
def test_too_little_to_learn_from_is_refused_in_one_line(frame: object, words: str) -> None:
    with pytest.raises(DataMissing, match=words) as e:
        search(frame(examples(n=400)), SMALL)  # type: ignore[operator]
    assert "\n" not in str(e.value)


def test_labels_without_money_in_them_are_refused() -> None:
    with pytest.raises(DataMissing, match="the labels say nothing"):
        break_even(np.array([1.0, 0.0]), np.array([-0.01, 0.01]), np.ones(2))


def test_break_even_is_where_a_trade_earns_nothing() -> None:
    """Wins of 3 % and 1 % (weights 1 and 3: 1.5 %), one loss of 1 %: 0.4 * 1.5 % = 0.6 * 1 %."""
    pays = break_even(np.array([1.0, 1, 0]), np.array([0.03, 0.01, -0.01]), np.array([1.0, 3, 1]))
    assert pays == pytest.approx((0.4, 0.015, 0.01))


def test_metrics_are_those_of_scikit_learn(planted: Search) -> None:
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    trial, sample = planted.chosen, planted.sample
    y, p, w = sample.success[trial.rows], expit(trial.log_odds), sample.weight[trial.rows]
    assert trial.metrics["log_loss"] == pytest.approx(log_loss(y, p, sample_weight=w))
    assert trial.metrics["brier"] == pytest.approx(brier_score_loss(y, p, sample_weight=w))
    assert trial.metrics["auc"] == pytest.approx(roc_auc_score(y, p, sample_weight=w))


@given(seed=st.integers(0, 10_000), n=st.integers(4, 40))
@settings(max_examples=40)
def test_auc_is_the_share_of_pairs_in_order(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    score, weight = rng.integers(0, 5, n).astype(float), rng.uniform(0.1, 1, n)
    success = (np.arange(n) % 2).astype(float)
    won, lost = np.flatnonzero(success == 1), np.flatnonzero(success == 0)
    pairs = [(weight[i] * weight[j], (score[i] > score[j]) + (score[i] == score[j]) / 2) for i in won for j in lost]
    assert auc(score, success, weight) == pytest.approx(sum(w * v for w, v in pairs) / sum(w for w, _ in pairs))


def test_daily_results_are_those_of_a_plain_loop() -> None:
    """Losses grow with time, so that what pays is another thing in each fold."""
    loss = -0.002 - 0.00005 * pl.int_range(pl.len())
    rows = examples(n=400).with_columns(net_roi=pl.when("success").then(0.012).otherwise(loss))
    found = search(rows, replace(SMALL, params=[grid(0)[0], baseline()]))
    trial, sample = found.trials[0], found.sample
    splits = walk_forward(sample.decided_at, sample.label_end, SMALL.n_folds, DAY_US)
    days: dict[str, float] = {}
    for split in splits:
        won = [i for i in split.train if sample.success[i]]
        lost = [i for i in split.train if not sample.success[i]]
        win, loss = (abs(np.average(sample.net_roi[k], weights=sample.weight[k])) for k in (won, lost))
        for i in split.test:
            day = str(np.datetime64(int(sample.decided_at[i]), "us").astype("datetime64[D]"))
            log_odds = trial.log_odds[trial.rows.tolist().index(i)]
            days[day] = days.get(day, 0.0) + (sample.net_roi[i] if expit(log_odds) > loss / (win + loss) else 0.0)
    assert trial.daily_roi == pytest.approx(days)
    assert sum(trial.daily_roi.values()) == pytest.approx(trial.metrics["net_roi"])


def test_a_day_on_which_it_takes_nothing_is_a_day_of_zero() -> None:
    """A week without a signal in the tests, and a model that never pays: no day is left out."""
    rows = examples(n=400, edge=0.0)
    later = pl.when(pl.int_range(pl.len()) >= 300).then(pl.duration(days=7)).otherwise(pl.duration(days=0))
    shifted = rows.with_columns(decided_at=pl.col("decided_at") + later, label_end=pl.col("label_end") + later)
    dear = shifted.with_columns(net_roi=pl.when("success").then(0.0001).otherwise(-0.5))
    trial = search(dear, SMALL).trials[0]
    assert trial.metrics["n_taken"] == 0
    assert set(trial.daily_roi.values()) == {0.0}
    assert list(trial.daily_roi) == [str(dt.date(2024, 1, 6) + dt.timedelta(days=k)) for k in range(36)]


def test_the_same_look_is_one_trial_and_another_result_is_another(planted: Search) -> None:
    trial = planted.trials[0]
    ids = {
        trial.row(DATASET, "signal_model")["trial_id"],
        replace(trial).row(DATASET, "signal_model")["trial_id"],
        trial.row("e" * 64, "signal_model")["trial_id"],
        replace(trial, metrics={"log_loss": 0.1}).row(DATASET, "signal_model")["trial_id"],
    }
    assert len(ids) == 3


def test_the_logistic_regression_keeps_unknown_and_huge_values_in_bounds() -> None:
    rows = examples(n=400)
    wild = rows.with_columns(
        features=pl.when(pl.int_range(pl.len()) % 50 == 0)
        .then(pl.lit('{"halo":1e308,"noise":null}'))
        .otherwise("features")
    )
    sample = Sample.of(wild, 1)
    splits = walk_forward(sample.decided_at, sample.label_end, SMALL.n_folds, 0)
    for params in (baseline(), grid(0)[0]):
        trial = tried(params, sample, splits)
        assert trial.reason is None
        assert np.isfinite(trial.log_odds).all()
    assert baseline()["learner"] == LOGISTIC


def test_calibration_is_that_of_an_unpenalised_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(1)
    log_odds = rng.normal(size=20_000)
    success = (rng.random(20_000) < expit(0.5 * log_odds + 0.3)).astype(float)
    weight = rng.uniform(0.2, 1, 20_000)
    theirs = LogisticRegression(C=np.inf).fit(log_odds[:, None], success, sample_weight=weight)
    ours = platt(log_odds, success, weight)
    assert (ours.slope, ours.intercept) == pytest.approx((theirs.coef_[0, 0], theirs.intercept_[0]), abs=1e-3)


def test_an_order_that_is_upside_down_is_given_no_say() -> None:
    rng = np.random.default_rng(1)
    log_odds = rng.normal(size=5_000)
    success = (rng.random(5_000) < expit(-2 * log_odds + 0.5)).astype(float)
    ours = platt(log_odds, success, np.ones(5_000))
    assert ours.slope == 0
    assert expit(ours.intercept) == pytest.approx(success.mean(), abs=1e-3)


def test_a_perfect_order_has_a_finite_slope() -> None:
    log_odds = np.linspace(-1, 1, 50)
    ours = platt(log_odds, (log_odds > 0).astype(float), np.ones(50))
    assert 1 < ours.slope < 100
