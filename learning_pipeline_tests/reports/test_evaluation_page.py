"""The page of an evaluation: self-contained, the same each time, and nothing in it that data could have put there."""

from __future__ import annotations

import re

import polars as pl

from learning_pipeline.models.evaluation.signal_model import evaluate_signal_model
from learning_pipeline.reports import Subject, render_evaluation
from learning_pipeline_tests.models.evaluation.test_prompt_pack import NEW, OLD, answers
from learning_pipeline_tests.models.evaluation.test_prompt_pack import pack_of as prompts_pack
from learning_pipeline_tests.models.evaluation.test_signal_model import MANIFEST, Case, case
from learning_pipeline_tests.models.evaluation.worlds import pack_of

__all__ = ["case"]
SUBJECT = Subject("eval-1", "signal_model-1", "a" * 64, "c" * 64)


def page_of(case: Case, rows: pl.DataFrame | None = None, **thresholds: object) -> str:
    pack = pack_of(case.pack.rows if rows is None else rows, **thresholds)
    found = evaluate_signal_model(case.bundle, pack, MANIFEST, case.trials, "t1")
    return render_evaluation(SUBJECT, pack.manifest, found)


def test_says_whether_it_passed_and_why_not(case: Case) -> None:
    assert "signal_model-1 passed made_up: all 6 gates hold." in page_of(case)
    page = page_of(case, min_sharpe_gain=50.0)
    assert "2 of 6 gates fail (sharpe gain, sharpe gain over all)." in page
    assert (
        "<p>Why it was not passed:</p>\n<p>lower bound (1%) of the annual Sharpe ratio&#39;s gain over the baseline"
        in page
    )


def test_is_self_contained_and_the_same_each_time(case: Case) -> None:
    page = page_of(case)
    assert page == page_of(case)
    assert not re.search(r"<script|<link|<img|src=|href=\"[^#]|url\((?!#)|@import", page)
    assert page.count("<svg") == 3
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_names_from_data_stay_text(case: Case) -> None:
    evil = case.pack.rows.with_columns(strategy=pl.lit("<script>alert(1)</script>\u202e"))
    page = page_of(case, evil)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page


def test_has_every_section(case: Case) -> None:
    sections = re.findall(r'<section id="(\w+)">', page_of(case))
    assert sections == ["gates", "curves", "falls", "gain", "tried", "calibration", "taken", "how"]


def test_prompt_packs_have_a_page_too() -> None:
    from learning_pipeline.models.evaluation.prompt_pack import evaluate_prompt_pack

    pack = prompts_pack(OLD)
    found = evaluate_prompt_pack(NEW, pack, answers(2, "2", 0.97, 0.85))
    page = render_evaluation(SUBJECT, pack.manifest, found)
    assert "passed made_up: all 2 gates hold" in page
    assert "citation coverage" in page
