"""The id of a dataset is that of its rows and of how they were asked for; its manifest says what is in it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from learning_pipeline.datasets import Window, dataset_of, expired, pins, telling
from learning_pipeline.datasets.answers import answers
from learning_pipeline.datasets.leakage import auc
from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.datasets.tables import Examples, PromptAnswers, RagAnswers
from learning_pipeline.errors import DataMissing
from learning_pipeline.events.tables import AiResponses

SETTINGS = DatasetsSettings()
START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
WINDOW = Window("signal", START.date(), dt.date(2024, 3, 1), dt.date(2024, 4, 1))


def rows(n: int = 120, **changed: Any) -> pl.DataFrame:
    """Examples four hours apart whose labels last six; ``leak`` is the label, ``none`` nothing is known of."""
    random = np.random.default_rng(3)
    at = [START + dt.timedelta(hours=4 * k) for k in range(n)]
    success = [bool(random.random() < 0.4) for _ in range(n)]
    spans = [dt.timedelta(hours=int(hours)) for hours in random.integers(1, 8, n)]
    told = [
        json.dumps({"leak": s + random.normal(0, 0.1), "noise": random.normal(), "none": None, "span": span.seconds})
        for s, span in zip(success, spans, strict=True)
    ]
    full = Examples.frame(
        {
            "signal_id": [f"s{k:04}" for k in range(n)],
            "decided_at": at,
            "label_end": [t + span for t, span in zip(at, spans, strict=True)],
            "known_at": [t + span for t, span in zip(at, spans, strict=True)],
            **{name: [value] * n for name, value in WORDS.items()},
            "features": told,
            "success": success,
            "net_roi": [0.01 if s else -0.01 for s in success],
            "horizons": ["{}"] * n,
            "weight": [0.5] * n,
        }
    )
    return full.with_columns(**changed).drop("day", "dataset_id")


WORDS = {"symbol": "AAA", "timeframe": "1h", "strategy": "alpha", "side": "long", "book": "profit"}
WORDS |= {"decision": "approved"}


def made(frame: pl.DataFrame, window: Window = WINDOW, settings: DatasetsSettings = SETTINGS) -> dict[str, Any]:
    return dataset_of(frame, window, settings, "policy").manifest


def test_the_same_rows_asked_for_alike_have_the_same_id() -> None:
    assert made(rows())["dataset_id"] == made(rows())["dataset_id"]
    assert len(made(rows())["dataset_id"]) == 64
    kept_longer = DatasetsSettings(retention_days=90)
    assert made(rows(), settings=kept_longer)["dataset_id"] == made(rows())["dataset_id"]


@pytest.mark.parametrize(
    "other",
    [
        made(rows(119)),
        made(rows(net_roi=pl.col("net_roi") * (1 + 1e-15))),
        made(rows(), window=WINDOW._replace(as_of=dt.date(2024, 4, 2))),
        made(rows(), settings=DatasetsSettings(embargo_days=2)),
        dataset_of(rows(), WINDOW, SETTINGS, "another policy").manifest,
    ],
    ids=["rows", "one bit", "as of", "settings", "policy"],
)
def test_whatever_else_it_rests_on_changes_the_id(other: dict[str, Any]) -> None:
    assert other["dataset_id"] != made(rows())["dataset_id"]


def test_the_manifest_says_what_is_in_it() -> None:
    manifest = made(rows())
    n_success = int(rows()["success"].sum())
    assert (manifest["n"], manifest["n_effective"]) == (120, 60.0)
    assert manifest["success_share"] == n_success / 120
    assert manifest["balance"] == {"success": n_success, "failure": 120 - n_success}
    assert (manifest["first_day"], manifest["last_day"]) == (WINDOW.first, WINDOW.last)
    assert manifest["columns"] == ["leak", "noise", "span"]
    assert manifest["dropped"] == ["none"]


def test_the_manifest_tells_the_splits() -> None:
    splits = made(rows())["splits"]
    assert [len(splits[kind]["splits"]) for kind in ("walk_forward", "combinatorial_purged")] == [5, 15]
    assert splits["combinatorial_purged"]["n_paths"] == 5
    first = splits["walk_forward"]["splits"][0]
    assert first["n_train"] + first["n_test"] + first["n_left_out"] == 120
    assert first["n_left_out"] >= 80


def test_a_leak_stands_out() -> None:
    facts = telling(made(rows())["leakage"])
    assert facts[0].feature == "leak"
    assert facts[0].auc == pytest.approx(1.0)
    by_name = {fact.feature: fact for fact in facts}
    assert by_name["span"].end_correlation == pytest.approx(1.0)
    assert abs(by_name["noise"].auc - 0.5) < 0.15
    assert abs(by_name["noise"].end_correlation) < 0.3


def test_auc_is_the_share_of_pairs_in_order() -> None:
    random = np.random.default_rng(4)
    score, success = random.integers(0, 8, 60).astype(float), random.random(60) < 0.3
    pairs = [(a > b) + (a == b) / 2 for a in score[success] for b in score[~success]]
    assert auc(score, success) == pytest.approx(np.mean(pairs))


def test_one_class_only_is_said_not_hidden() -> None:
    manifest = made(rows(success=pl.lit(value=False)))
    assert manifest["balance"] == {"success": 0, "failure": 120}
    assert manifest["success_share"] == 0
    assert all(fact["auc"] is None for fact in manifest["leakage"])


def test_too_few_rows_for_splits_are_a_dataset_without_them() -> None:
    splits = made(rows(3))["splits"]
    assert splits["walk_forward"]["splits"] == []
    assert splits["walk_forward"]["reason"].startswith("split: expected rows in each of 6 groups")


def test_no_row_is_no_dataset() -> None:
    with pytest.raises(
        DataMissing, match=r"expected labelled rows of 2024-01-01\.\.2024-03-01 as of 2024-04-01, found"
    ):
        made(rows(0))


def responses() -> pl.DataFrame:
    at = [START + dt.timedelta(days=k) for k in range(5)]
    said = {"prompt_pack": "cortex", "version": "1", "model": "m", "source": "bot", "session_id": "bot"}
    full = [
        {
            "event_id": f"a{k}",
            "happened_at": t,
            "latency_ms": 100.0 * k,
            "schema_valid": k > 0,
            "refused": k == 1,
            **said,
        }
        for k, t in enumerate(at)
    ]
    counted = [row | ({"n_claims": 4, "n_cited": 3} if k % 2 else {}) for k, row in enumerate(full)]
    return AiResponses.frame(counted).with_columns(day=pl.col("happened_at").dt.date())


def test_answers_of_language_models_are_datasets_too() -> None:
    window = WINDOW._replace(kind="prompt_eval", last=dt.date(2024, 1, 4))
    found = dataset_of(answers(responses(), *window[:3]), window, SETTINGS, "")
    assert PromptAnswers.checked(found.rows)["event_id"].to_list() == ["a0", "a1", "a2", "a3"]
    assert found.manifest["success_share"] == 0.75
    assert found.manifest["balance"] == {"cortex 1": 4}
    assert found.manifest["columns"] == ["schema_valid", "refused", "latency_ms"]
    rag = window._replace(kind="rag_eval")
    counted = dataset_of(answers(responses(), *rag[:3]), rag, SETTINGS, "")
    assert RagAnswers.checked(counted.rows).select("event_id", "n_cited").rows() == [("a1", 3), ("a3", 3)]
    assert counted.manifest["success_share"] is None
    assert counted.manifest["dataset_id"] != found.manifest["dataset_id"]


def artifact(name: str, version: int, dataset_id: str, kind: str = "signal_model") -> dict[str, Any]:
    return {"artifact_id": name, "model_type": kind, "version": version, "dataset_id": dataset_id}


def test_what_stands_and_the_newest_pin_their_datasets() -> None:
    trained = [artifact(f"a{k}", k, f"d{k}") for k in range(1, 6)] + [artifact("p", 1, "d9", "prompt_pack")]
    assert pins(trained, ["a1"], keep=2) == {"d1": ["a1"], "d4": ["a4"], "d5": ["a5"], "d9": ["p"]}
    assert pins([artifact("a", 1, "d"), artifact("b", 2, "d")], [], keep=2) == {"d": ["a", "b"]}


def test_old_datasets_go_unless_they_are_pinned() -> None:
    now = START + dt.timedelta(days=100)
    there = [{"dataset_id": name, "built_at": now - dt.timedelta(days=days)} for name, days in AGES.items()]
    assert expired(there, {"older": ["a1"]}, 90, now) == ["old"]


AGES = {"young": 1, "just": 90, "old": 91, "older": 200}
