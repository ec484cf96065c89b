"""The built-in judge: the seed's guidance, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from learning_pipeline.playbooks.judge.action import JudgeAction
from learning_pipeline.playbooks.judge.facts import MainTrades
from learning_pipeline.playbooks.judge.rules import RuleJudge, said_by
from learning_pipeline.playbooks.settings import PlaybooksSettings
from learning_pipeline_tests.playbooks.builders import claim
from learning_pipeline_tests.playbooks.judge.facts_of import facts, playbook

LOSING = MainTrades(11, 4, ("AAA", "BBB"), ("entry",))


def judged(*playbooks: Any, no_research: str | None = None) -> list[JudgeAction]:
    return RuleJudge(PlaybooksSettings()).judge(facts(*playbooks, no_research=no_research))


def test_ten_losing_trades_in_the_main_budget_call_for_a_test() -> None:
    (action,) = judged(playbook(main=LOSING))
    asked = action.experiment_suggestion
    assert asked is not None
    assert (asked.playbook_id, asked.target_symbols, asked.trigger_categories) == ("x", ["AAA", "BBB"], ["entry"])
    assert asked.rationale == "4 of 11 main-budget trades won, 36%."


@pytest.mark.parametrize(
    ("main", "why"),
    [
        (MainTrades(9, 0, ("AAA",), ()), "nine trades are too few to be losing, yet never tested"),
        (MainTrades(20, 9, ("AAA",), ()), "45 % is not below 45 %"),
    ],
)
def test_what_is_not_losing_may_still_be_untested(main: MainTrades, why: str) -> None:
    (action,) = judged(playbook(main=main))
    assert action.experiment_suggestion is not None, why
    assert "never tested" in action.experiment_suggestion.rationale


def test_one_untested_playbook_at_a_time_the_most_traded_first() -> None:
    few, many = MainTrades(3, 2, ("AAA",), ()), MainTrades(9, 8, ("AAA",), ())
    other = claim().model_copy(update={"playbook_id": "y"})
    (action,) = judged(playbook(main=few), playbook(what=other, main=many))
    assert action.experiment_suggestion is not None
    assert action.experiment_suggestion.playbook_id == "y"
    assert judged(playbook(main=few), playbook(what=other, main=many, is_under_test=True)) == []


@pytest.mark.parametrize(
    "quiet",
    [
        {"main": MainTrades(0, 0, (), ())},
        {"main": LOSING, "is_under_test": True},
        {"main": LOSING, "was_cancelled": True, "n_experiments": 1},
        {"main": MainTrades(9, 9, ("AAA",), ()), "n_experiments": 1},
    ],
    ids=["nothing traded", "under test", "called off by a person", "tested before and not losing"],
)
def test_no_test_is_asked_for(quiet: dict[str, Any]) -> None:
    assert judged(playbook(**quiet)) == []


def test_no_test_is_asked_for_while_research_is_paused() -> None:
    assert judged(playbook(main=LOSING), no_research="research is paused: loss") == []


def test_what_evidence_has_decided_is_not_tested_again() -> None:
    actions = judged(playbook(20, main=LOSING))
    assert [action.action for action in actions] == ["update_playbook"]


def test_a_verdict_that_the_notes_do_not_tell_is_suggested_for_them() -> None:
    one = playbook(20, outcome="hit_stop")
    (action,) = judged(one)
    edit = action.playbook_edit_suggestion
    assert edit is not None
    assert (edit.playbook_id, edit.section) == ("x", "Notes")
    assert edit.suggested_text.startswith("Research evidence of 20 trades: refuted.")
    assert edit.evidence_summary.startswith("win rate 0.0 % over the first 20 trades, claimed is more than 50.0 %")


@pytest.mark.parametrize(
    "quiet",
    [
        {"notes": "> so it is:\n>\n> Research evidence of\n> 20 trades: validated. And more."},
        {"has_pending_edit": True},
        {"put_aside": "Research evidence of 20 trades: validated. And more."},
    ],
    ids=["the notes say so", "an edit waits already", "a person put it aside"],
)
def test_nothing_is_suggested_twice(quiet: dict[str, Any]) -> None:
    assert said_by(playbook(20)) in "Research evidence of 20 trades: validated."
    assert judged(playbook(20, **quiet)) == []


def test_fewer_trades_than_the_sample_change_no_note() -> None:
    assert judged(playbook(19)) == []
