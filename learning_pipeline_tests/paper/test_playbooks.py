"""Each strategy and each pattern has a playbook that says what would refute it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from learning_pipeline.paper import PaperSettings
from learning_pipeline.paper.patterns import pattern_key
from learning_pipeline.paper.plans import CATEGORIES, plan

FOLDER = Path(__file__).parents[2] / "playbooks"
SECTIONS = ["## Hypothesis", "## Patterns", "## Notes", "## Validation Evidence"]
SETTINGS = PaperSettings()


def read(playbook_id):
    _, front, body = (FOLDER / f"{playbook_id}.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


@pytest.fixture(scope="module")
def playbooks():
    return {path.stem: read(path.stem) for path in sorted(FOLDER.glob("*.md"))}


def test_there_is_one_for_each_strategy_and_others_for_patterns(playbooks):
    strategies = {name for name, (front, _) in playbooks.items() if front["strategy"] != "*"}
    assert strategies == CATEGORIES.keys()
    assert len(playbooks) >= 8


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.md")))
def test_front_matter_names_its_own_metric_and_threshold(playbooks, name):
    front, _ = playbooks[name]
    assert front["playbook_id"] == name
    assert front["strategy"] in {name, "*"}
    assert front["metric"] in {"win_rate", "avg_r"}
    assert isinstance(front["threshold"], float)
    assert front["min_sample_size"] >= 20
    assert front["hypothesis"]


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.md")))
def test_sections_stand_once_in_order_and_the_evidence_is_empty(playbooks, name):
    _, body = playbooks[name]
    assert [line for line in body.splitlines() if line.startswith("## ")] == SECTIONS
    assert "Refuted means" in " ".join(body.split())
    assert body.split("## Validation Evidence")[1].strip().startswith("No evidence yet")


@pytest.mark.parametrize("strategy", sorted(CATEGORIES))
def test_numbers_in_the_text_are_those_of_the_bot(playbooks, strategy):
    words = " ".join(playbooks[strategy][1].split())
    used = plan(strategy, SETTINGS)
    assert f"stop {used.stop_atr:g} ATR away" in words
    assert f"{used.target_r:g} R" in words
    assert f"{used.ttl_bars} bars" in words


def test_every_pattern_of_the_bot_is_in_exactly_one_playbook(playbooks):
    claimed = [pattern for front, _ in playbooks.values() for pattern in front.get("patterns", [])]
    ages = (0, SETTINGS.early_trend_bars + 1, SETTINGS.late_trend_bars + 1)
    keys = {pattern_key(trend, age, side, SETTINGS) for trend in (1, 0, -1) for age in ages for side in (1, -1)}
    assert sorted(claimed) == sorted(keys)


def test_numbers_of_the_stages_are_those_of_the_bot(playbooks):
    words = {name: " ".join(body.split()) for name, (_, body) in playbooks.items()}
    assert f"first {SETTINGS.early_trend_bars} bars" in words["early_trend"]
    assert f"more than {SETTINGS.late_trend_bars} bars" in words["late_continuation"]
    assert f"at least {SETTINGS.dx_min:g} (gate `dx`)" in words["late_continuation"]
    assert f"ADX below {SETTINGS.range_adx:g}" in words["range_entry"]
