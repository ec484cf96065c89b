"""Published examples (Bailey and Lopez de Prado 2012, 2014; the test suite of pypbo), and SciPy's moments."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from learning_pipeline.stats import (
    Moments,
    deflated_sharpe,
    expected_maximum,
    min_track_record,
    moments,
    probabilistic_sharpe,
)

returns = st.lists(st.integers(-1000, 1000), min_size=4, max_size=60)


def test_deflated_as_published() -> None:
    # The deflated Sharpe ratio, "A numerical example": 100 trials .9004; 46 (or, were returns normal, 88) about .95.
    daily = 2.5 / math.sqrt(250)
    published = [(Moments(daily, 1250, -3, 10), 100, 0.9004), (Moments(daily, 1250, -3, 10), 46, 0.9505)]
    published += [(Moments(daily, 1250), 88, 0.9505)]
    for found, n_trials, value in published:
        assert deflated_sharpe(found, n_trials, 0.002) == pytest.approx(value, abs=5e-5)


def test_track_record_as_published() -> None:
    # The Sharpe ratio efficient frontier: years until 2 is above 1 at 95 %, by days, weeks, months, skewed months.
    cases = [(252, 0, 3, 2.73), (52, 0, 3, 2.83), (12, 0, 3, 3.24), (12, -0.72, 5.78, 4.99)]
    for per_year, skew, kurtosis, years in cases:
        found = Moments(2 / math.sqrt(per_year), 0, skew, kurtosis)
        assert min_track_record(found, 1 / math.sqrt(per_year)) / per_year == pytest.approx(years, abs=5e-3)


def _reference() -> dict[str, Any]:
    folder = os.environ.get("LEARNING_PIPELINE_REFERENCE_DATA")
    if not folder:
        pytest.skip("LEARNING_PIPELINE_REFERENCE_DATA is not set: no reference data to compare with")
    return json.loads((Path(folder) / "reference" / "published_dsr_psr_mintrl.json").read_text(encoding="utf-8"))


def test_every_value_of_the_reference_file() -> None:
    said = _reference()
    for case in said["dsr"]:
        per_observation = case["sr_annual"] / math.sqrt(case["periods_per_year"])
        found = Moments(per_observation, case["T"], case["skew"], case["kurt_raw"])
        variance = case["var_trials_nonannual"]
        assert math.sqrt(variance) * expected_maximum(case["N"]) == pytest.approx(case["our_sr0"], rel=1e-12)
        value = deflated_sharpe(found, case["N"], variance)
        assert value == pytest.approx(case["our_dsr"], rel=1e-12)
        assert value == pytest.approx(case["published_dsr"], abs=5e-5)
    for case in said["psr"]:
        found = Moments(case["sr_annual"] / math.sqrt(case["periods_per_year"]), case["T"])
        value = probabilistic_sharpe(found, case["benchmark"])
        assert value == pytest.approx(case["our_psr"], rel=1e-12)
        assert value == pytest.approx(case["published_psr"], abs=5e-4)
    for case in said["min_trl_years"]:
        root = math.sqrt(case["periods_per_year"])
        found = Moments(case["sr_annual"] / root, 0, case["skew"], case["kurt_raw"])
        years = min_track_record(found, case["bench_annual"] / root, case["conf"]) / case["periods_per_year"]
        assert years == pytest.approx(case["our_years"], rel=1e-12)
        assert years == pytest.approx(case["published_years"], abs=5e-3)


def test_values_of_pypbo() -> None:
    said = _reference()["pypbo_test_suite_values"]
    assert expected_maximum(100) == pytest.approx(said["expected_max_100"], rel=1e-12)
    told = said["psr"]
    shape = Moments(1.585 / math.sqrt(12), told["T"], told["skew"], told["kurt"])
    assert probabilistic_sharpe(shape, told["target"]) == pytest.approx(told["value"], rel=1e-12)
    assert deflated_sharpe(Moments(2.5 / math.sqrt(250), 1250, -3, 10), 100, 0.002) == pytest.approx(
        said["dsr"]["value"], rel=1e-12
    )
    for (sharpe, target, per_year), told in zip(
        [(2, 1, 250), (2, 1, 52), (3, 2.5, 12)], said["min_trl_years"], strict=True
    ):
        found = Moments(sharpe / math.sqrt(per_year), 0, told.get("skew", 0), told.get("kurt", 3))
        assert min_track_record(found, target / math.sqrt(per_year)) / per_year == pytest.approx(
            told["value"], rel=1e-12
        )
    back = said["min_btl_years"]
    assert (expected_maximum(back["N"]) / back["sharpe_is"]) ** 2 == pytest.approx(back["value"], rel=1e-12)


@given(returns)
def test_moments_are_those_of_scipy(whole: list[int]) -> None:
    x = np.array(whole) / 1000
    found = moments(x)
    if len(set(whole)) < 2:
        assert found is None
        return
    assert found is not None
    assert found.sharpe == pytest.approx(x.mean() / x.std(ddof=1), rel=1e-9, abs=1e-12)
    assert found.skew == pytest.approx(scipy_stats.skew(x), rel=1e-6, abs=1e-9)
    assert found.kurtosis == pytest.approx(scipy_stats.kurtosis(x, fisher=False), rel=1e-6)


@given(returns, st.integers(1, 500), st.integers(1, 500), st.floats(0, 0.05))
def test_more_trials_never_make_it_surer(whole: list[int], few: int, more: int, variance: float) -> None:
    found = moments(np.array(whole) / 1000)
    if found is None or probabilistic_sharpe(found) is None:
        return
    few, more = sorted((few, more))
    assert deflated_sharpe(found, more, variance) <= deflated_sharpe(found, few, variance) + 1e-15
    assert deflated_sharpe(found, 1, variance) == probabilistic_sharpe(found)


def test_expected_maximum_against_simulation() -> None:
    drawn = np.random.default_rng(5).normal(size=(20_000, 50)).max(axis=1)
    assert expected_maximum(50) == pytest.approx(drawn.mean(), abs=0.03)


def test_what_cannot_be_said() -> None:
    assert moments([0.1]) is None
    assert moments([]) is None
    assert min_track_record(Moments(0.1, 10), 0.1) is None  # never above it, however long
    assert probabilistic_sharpe(Moments(2.0, 10, skew=1.0, kurtosis=2.0)) is None  # two-point returns: no error left
    with pytest.raises(ValueError, match="at least one trial"):
        expected_maximum(0)
