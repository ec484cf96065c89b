"""What a bot reads of experiments, and where its triggers go."""

from __future__ import annotations

from pathlib import Path

import pytest

import learning_pipeline as lp
from learning_pipeline.books.research import ledger
from learning_pipeline.errors import BadInput
from learning_pipeline.stores.experiments_file import write_experiments
from learning_pipeline_tests.books.research.worlds import LIMITS, START, asks, filled, opened, spec, walked

TRIGGER = {"symbol": "AAA", "category": "reversal"}


def home_of(folder: Path, *happenings) -> Path:
    held, told = walked(opened(), asks(1, "running", spec=spec(trigger_categories=("reversal",))), *happenings)
    rows = ledger.change_of(held, told, START.date(), LIMITS)
    write_experiments(folder / "experiments.json", lambda: ledger.document(rows["experiments"], rows["sessions"], []))
    return folder


def test_a_data_root_without_experiments_sends_everything_to_main(tmp_path: Path) -> None:
    assert lp.load_experiments(tmp_path) == {"as_of": None, "experiments": [], "sessions": []}
    assert lp.route(TRIGGER, tmp_path).book == "profit"


def test_experiments_and_money_are_read_as_they_stand(tmp_path: Path) -> None:
    document = lp.load_experiments(home_of(tmp_path))
    assert document["as_of"] == "2024-03-04"
    assert document["experiments"] == [
        {
            "experiment_id": "e1",
            "playbook_id": "rsi_extremes",
            "state": "running",
            "hypothesis": "it turns",
            "target_symbols": [],
            "trigger_categories": ["reversal"],
            "min_sample_size": 20,
            "max_loss_usd": 50.0,
        }
    ]
    (session,) = document["sessions"]
    assert session.pop("initial_capital") == pytest.approx(1_000.0)
    assert session.pop("cash") == pytest.approx(1_000.0)
    told = {"source": "bot", "session_id": "monday", "total_pnl": 0.0, "max_loss_usd": 50.0}
    assert session == told | {"paused": False, "pause_reason": None}


def test_a_covered_trigger_goes_to_research_and_others_to_main(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    assert lp.route(TRIGGER, home)[:4] == ("research", None, "e1", "rsi_extremes")
    assert lp.route(TRIGGER | {"source": "bot", "session_id": "monday"}, home).book == "research"
    assert lp.route(TRIGGER | {"category": "breakout"}, home).book == "profit"
    assert lp.route(TRIGGER | {"emergency_exit": True}, home).book == "profit"


def test_a_paused_session_trades_no_research(tmp_path: Path) -> None:
    lost = [filled(2, "t", 1, 1.0, 1_000.0), filled(3, "t", -1, 1.0, 900.0)]
    routed = lp.route(TRIGGER, home_of(tmp_path, *lost))
    assert (routed.book, routed.blocked) == ("research", "research_paused")


def test_a_session_that_no_run_has_heard_of_is_not_known_to_be_closed(tmp_path: Path) -> None:
    assert lp.route(TRIGGER | {"source": "another"}, home_of(tmp_path)).blocked is None


@pytest.mark.parametrize("trigger", [{}, {"symbol": 1}])
def test_a_trigger_without_a_symbol_is_refused(tmp_path: Path, trigger: dict) -> None:
    with pytest.raises(BadInput, match="expected a symbol"):
        lp.route(trigger, tmp_path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = home_of(tmp_path) / "experiments.json"
    path.write_text(path.read_text()[:-20])
    with pytest.raises(BadInput, match="experiments list"):
        lp.route(TRIGGER, tmp_path)
