"""Prompt packs: the bound over days against SciPy and simulation; what passes, and what says nothing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from learning_pipeline.errors import ArtifactDamaged, BadInput, EvaluationRefused
from learning_pipeline.models.evaluation.prompt_pack import Rate, difference_bound, evaluate_prompt_pack
from learning_pipeline.models.packs.manifest import Baseline
from learning_pipeline.models.packs.pack import Pack, frozen
from learning_pipeline.models.prompt_pack import PromptPack
from learning_pipeline.models.tables import Answers
from learning_pipeline.stats import difference_interval
from learning_pipeline_tests.models.evaluation.worlds import manifest_of

NEW = PromptPack(name="judge", version="2", prompts={"system": "Cite what you say."})
BEGIN = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def answers(seed: int, version: str, valid: float, cited: float, n: int = 400, name: str = "judge") -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    at = [BEGIN + dt.timedelta(hours=3 * k) for k in range(n)]
    claims = rng.integers(0, 6, n)
    rows = {
        "day": [each.date() for each in at],
        "event_id": [f"{name}{version}{seed}-{k:04}" for k in range(n)],
        "prompt_pack": name,
        "version": version,
        "decided_at": at,
        "schema_valid": rng.random(n) < valid,
        "refused": rng.random(n) < 0.01,
        "n_claims": claims,
        "n_cited": rng.binomial(claims, cited),
    }
    return Answers.checked(pl.DataFrame(rows, schema_overrides=dict(Answers.dtypes())))


def pack_of(rows: pl.DataFrame, **thresholds: object) -> Pack:
    manifest = manifest_of(rows, **thresholds).model_copy(
        update={
            "kind": "prompt_pack",
            "baseline": Baseline(rule="version", prompt_pack="judge", version="1"),
            "cost_model": None,
        }
    )
    return Pack.read(*frozen(manifest, rows))


OLD = answers(1, "1", 0.8, 0.6)


def test_better_in_both_passes_with_the_shares_counted_by_hand() -> None:
    now = answers(2, "2", 0.97, 0.85)
    found = evaluate_prompt_pack(NEW, pack_of(OLD), pl.concat([now, answers(3, "3", 0.1, 0.1)]))
    assert found.passed, found.reason
    assert [gate.gate for gate in found.gates] == ["schema_valid", "citation_coverage"]
    fits = [v and not r for v, r in zip(now["schema_valid"], now["refused"], strict=True)]
    assert found.metrics["schema_valid"] == pytest.approx(sum(fits) / 400)
    assert found.metrics["citation_coverage"] == pytest.approx(now["n_cited"].sum() / now["n_claims"].sum())
    assert found.metrics["n_answers"] == 400
    assert found.baseline["citation_coverage"] == pytest.approx(OLD["n_cited"].sum() / OLD["n_claims"].sum())


@pytest.mark.parametrize(("valid", "cited", "fails"), [(0.8, 0.9, "schema_valid"), (0.97, 0.6, "citation_coverage")])
def test_better_in_one_only_does_not_pass(valid: float, cited: float, fails: str) -> None:
    found = evaluate_prompt_pack(NEW, pack_of(OLD), answers(4, "2", valid, cited))
    assert [gate.gate for gate in found.gates if not gate.passed] == [fails]


def test_the_same_quality_hardly_ever_passes() -> None:
    passed = [evaluate_prompt_pack(NEW, pack_of(OLD), answers(seed, "2", 0.8, 0.6)).passed for seed in range(10, 70)]
    assert sum(passed) == 0


def test_claims_that_were_not_counted_say_nothing() -> None:
    blind = answers(2, "2", 0.97, 0.85).with_columns(n_cited=pl.lit(None, pl.Int64))
    found = evaluate_prompt_pack(NEW, pack_of(OLD), blind)
    assert found.metrics["citation_coverage"] is None
    assert not found.passed


def test_the_bound_is_welch_on_days_and_newcombe_where_days_are_alike() -> None:
    from scipy import stats

    rng = np.random.default_rng(3)
    one, other = (Rate(rng.binomial(8, share, 40).astype(float), np.full(40, 8.0)) for share in (0.9, 0.7))
    welch = stats.ttest_ind(one.hits / 8, other.hits / 8, equal_var=False).confidence_interval(0.98).low
    alone = difference_interval((int(one.hits.sum()), 320), (int(other.hits.sum()), 320), 0.98)[0]
    assert difference_bound(one, other, 0.01) == pytest.approx(min(welch, alone))
    perfect = Rate(np.full(40, 8.0), np.full(40, 8.0))
    assert difference_bound(perfect, perfect, 0.01) == pytest.approx(
        difference_interval((320, 320), (320, 320), 0.98)[0]
    )
    assert difference_bound(perfect, Rate(np.zeros(2), np.zeros(2)), 0.01) is None
    assert difference_bound(Rate(np.ones(1), np.ones(1)), perfect, 0.01) is None


def test_answers_of_one_day_count_as_one_look() -> None:
    rng = np.random.default_rng(9)
    crossed = 0
    for _ in range(400):
        shares = np.clip(rng.normal(0.7, 0.2, (2, 40)), 0, 1)  # days differ, answers of a day are alike
        one, other = (Rate(np.round(20 * share), np.full(40, 20.0)) for share in shares)
        crossed += (difference_bound(one, other, 0.05) or 0) > 0
    assert crossed / 400 == pytest.approx(0.05, abs=0.03)


def test_refused_where_it_says_nothing() -> None:
    for prompts, rows, words in (
        (NEW, answers(2, "2", 0.9, 0.9, n=99), "expected at least 100 answers of judge 2, found 99"),
        (PromptPack(name="other", version="2", prompts={"system": "x"}), OLD, "expected another version than judge 1"),
        (PromptPack(name="judge", version="1", prompts={"system": "x"}), OLD, "found judge 1"),
    ):
        with pytest.raises(EvaluationRefused, match=words):
            evaluate_prompt_pack(prompts, pack_of(OLD), rows)


def test_a_prompt_pack_is_its_bytes() -> None:
    raw = NEW.raw()
    assert PromptPack.read(raw) == NEW
    assert PromptPack.of({"name": "judge", "version": "2", "system": "Cite what you say.\n"}, "f.toml").raw() == raw
    for damaged in (raw[:-1], raw + b" ", raw.replace(b'"2"', b"2"), b"{}", b" " * (2**20 + 1)):
        with pytest.raises(ArtifactDamaged, match="prompt pack"):
            PromptPack.read(damaged)
    for told in ({}, {"name": "../x", "version": "1", "system": "y"}, {"name": "x", "version": "1", "system": ""}):
        with pytest.raises(BadInput, match=r"f.toml: expected a prompt pack") as caught:
            PromptPack.of(told, "f.toml")
        assert "\n" not in str(caught.value)
