"""Each strategy has a playbook that says what would refute it."""

from __future__ import annotations

import pytest
import yaml

from learning_pipeline.paper import PaperSettings
from learning_pipeline.paper.strategies import CATEGORIES, plan

SECTIONS = ["## Hypothesis", "## Patterns", "## Notes", "## Validation Evidence"]


@pytest.fixture(params=sorted(CATEGORIES))
def playbook(request, pytestconfig):
    text = (pytestconfig.rootpath / "playbooks" / f"{request.param}.md").read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2)
    return request.param, yaml.safe_load(front), body


def test_front_matter_names_its_own_metric_and_threshold(playbook):
    strategy, front, _ = playbook
    assert (front["playbook_id"], front["strategy"]) == (strategy, strategy)
    assert front["metric"] in {"win_rate", "avg_r"}
    assert isinstance(front["threshold"], float)
    assert front["min_sample_size"] >= 20
    assert front["hypothesis"]


def test_sections_stand_once_in_order_and_the_evidence_is_empty(playbook):
    *_, body = playbook
    assert [line for line in body.splitlines() if line.startswith("## ")] == SECTIONS
    assert "Refuted means" in body
    assert body.split("## Validation Evidence")[1].strip().startswith("No evidence yet")


def test_numbers_in_the_text_are_those_of_the_bot(playbook):
    strategy, _, body = playbook
    words = " ".join(body.split())
    used = plan(strategy, PaperSettings())
    assert f"stop {used.stop_atr:g} ATR away" in words
    assert f"{used.target_r:g} R" in words
    assert f"{used.ttl_bars} bars" in words
