"""Research through the real chain: tables, ledger and the bots' file; in pieces as in one run (one world, shared)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from learning_pipeline.books.research.tables import (
    Attributions,
    ExperimentRequests,
    Experiments,
    ResearchBudget,
    ResearchTrades,
)
from learning_pipeline.events.tables import EVENT_TABLES, Deliveries, Quarantine
from learning_pipeline.market.tables import Bars
from learning_pipeline.stores.experiments import Experiments as Ledger
from learning_pipeline.stores.experiments_file import read_experiments
from learning_pipeline_tests.books.research.events import (
    HOUR,
    closed,
    event,
    experiment,
    fill,
    flat_bars,
    signal,
    snapshot,
    suggested,
    traded,
)
from learning_pipeline_tests.worlds import MONDAY, Root

TABLES = [ResearchTrades, ResearchBudget, Attributions, Experiments, ExperimentRequests]
STEPS = [*EVENT_TABLES.values(), Deliveries, Quarantine, Bars, *TABLES]
"""What research rests on, and research: the other steps of the chain have no part in it."""
DAY = 24 * HOUR
N_DAYS = 4


def story() -> list[dict]:
    """A win to the target, a loss at the stop, one that ran out, one closed in an emergency, one open; then a pause."""
    emergency = {"signal_id": "s-alarm", "book": "profit", "experiment_id": None, "playbook_id": None}
    return [
        snapshot(MONDAY),
        snapshot(MONDAY + DAY, 8_000.0),
        experiment(MONDAY + HOUR),
        suggested(MONDAY + 2 * HOUR),
        suggested(MONDAY + 3 * HOUR, "j2", max_loss_usd=-5.0),
        suggested(MONDAY + 4 * HOUR, "j3"),
        *traded("won", MONDAY + 5 * HOUR, 102.0),
        event("setup", "setup-won", MONDAY + 20 * HOUR, setup_id="x", signal_id="s-won"),
        *traded("lost", MONDAY + 12 * HOUR, 97.9, hours=14),
        *traded("idle", MONDAY + 30 * HOUR, 100.5),
        signal("fled", MONDAY + 40 * HOUR),
        fill("fled", "in", MONDAY + 41 * HOUR, "buy", 100.0),
        signal("alarm", MONDAY + 50 * HOUR, side="short", emergency_exit=True),
        fill("fled", "out", MONDAY + 50 * HOUR, "sell", 99.0, **emergency),
        closed("fled", MONDAY + 41 * HOUR, MONDAY + 50 * HOUR, 99.0, exit_reason="emergency", **emergency),
        *traded("big", MONDAY + 52 * HOUR, 97.0, qty=20.0),
        signal("held", MONDAY + 53 * HOUR, side="short"),
        fill("held", "in", MONDAY + 54 * HOUR, "sell", 100.0, fee=0.5),
        *traded("last", MONDAY + 74 * HOUR, 101.0),
        closed("won", MONDAY + 5 * HOUR + HOUR / 60, MONDAY + 76 * HOUR, 101.9),
    ]


def bars() -> pl.DataFrame:
    return flat_bars(N_DAYS, {60: 99.0})


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    one = Root(tmp_path_factory.mktemp("research"))
    one.deliver(story(), bars())
    one.run(only=STEPS)
    return one


def rows(root: Root, table: type, **where: object) -> list[dict]:
    return root.table(table).filter(**where).to_dicts()


def test_each_research_trade_is_told_as_it_ended(root: Root) -> None:
    newest = ResearchTrades.newest(root.table(ResearchTrades))
    told = {row["trade_id"]: row for row in newest.to_dicts()}
    assert {name: row["outcome"] for name, row in told.items()} == {
        "won": "ttl_expired",  # corrected to 101.9, short of entry + R
        "lost": "hit_stop",
        "idle": "ttl_expired",
        "fled": "ttl_expired",
        "big": "hit_stop",
        "held": "open",
        "last": "ttl_expired",
    }
    first = rows(root, ResearchTrades, trade_id="won")[0]
    assert (first["outcome"], first["pnl"], first["bars_to_outcome"]) == ("hit_1r", pytest.approx(1.8), 4)
    assert first["r_achieved"] == pytest.approx(1.8 / 2)
    assert (first["playbook_id"], first["entry_indicators"]) == ("rsi_extremes", '{"rsi":28.0}')
    held = told["held"]
    assert (held["direction"], held["pnl"], held["r_achieved"], held["exit_ts"]) == ("short", None, None, None)


def test_money_is_charged_to_research_cash_and_the_first_snapshot_says_how_much_there_was(root: Root) -> None:
    first, *_, last = rows(root, ResearchBudget)
    assert first["initial_capital"] == last["initial_capital"] == pytest.approx(1_000.0)
    pnl = ResearchTrades.newest(root.table(ResearchTrades))["pnl"].sum() - 0.5  # the fee of the open one
    assert last["total_pnl"] == pytest.approx(pnl)
    assert last["cash"] == pytest.approx(1_000.0 + pnl - 100.0)
    assert last["open_pnl"] == 0.0


def test_an_emergency_exit_on_the_main_path_is_booked_to_the_book_that_owns_the_position(root: Root) -> None:
    told = rows(root, ResearchTrades, trade_id="fled")
    assert [(row["outcome"], row["pnl"]) for row in told] == [("open", None), ("ttl_expired", pytest.approx(-1.2))]


def test_the_loss_limit_pauses_the_experiment_and_the_session(root: Root) -> None:
    by_day = {row["as_of"]: row for row in rows(root, ResearchBudget)}
    assert [row["paused"] for row in by_day.values()] == [False, False, True, True, True]
    assert by_day[dt.date(2024, 3, 6)]["pause_reason"] == "e1 lost 62.10 USD, more than 50.00"
    states = {row["as_of"].day: row["state"] for row in rows(root, Experiments, experiment_id="e1")}
    assert states == {4: "running", 5: "running", 6: "paused", 7: "paused", 8: "paused"}


def test_every_request_is_applied_once_or_refused_with_its_reason(root: Root) -> None:
    told = {row["request_id"]: row for row in rows(root, ExperimentRequests)}
    assert {name: (row["verdict"], row["state"]) for name, row in told.items()} == {
        "e1-running": ("applied", "running"),
        "j1": ("applied", "running"),
        "j2": ("refused", None),
        "j3": ("applied", "draft"),
    }
    assert "max_loss_usd" in told["j2"]["reason"]
    assert "running on macd_divergence already" in told["j3"]["reason"]


def test_signals_and_setups_are_attributed_to_their_experiment(root: Root) -> None:
    told = root.table(Attributions)
    assert told.filter(signal_id="s-won")["setup_event_id"].to_list() == [None, "setup-won"]
    assert set(told["hypothesis"]) == {"the RSI turns"}
    assert told.height == 9


def test_bots_read_back_how_it_all_stands(root: Root) -> None:
    document = read_experiments(root.home.experiments)
    assert document["as_of"] == "2024-03-08"
    assert {one["experiment_id"]: one["state"] for one in document["experiments"]}["e1"] == "paused"
    (session,) = document["sessions"]
    assert (session["source"], session["session_id"], session["paused"]) == ("bot", "bot", True)
    assert session["cash"] == pytest.approx(rows(root, ResearchBudget)[-1]["cash"])
    moves = [(row["experiment_id"], row["to_state"]) for row in Ledger(root.home.ledger).transitions()]
    assert ("e1", "paused") in moves
    assert "RESEARCH PAUSED" in root.home.learning_log.read_text()


def test_in_pieces_and_late_it_comes_to_the_same(root: Root, tmp_path: Path) -> None:
    other, events = Root(tmp_path), story()
    early = [one for one in events if one["at"] < "2024-03-06"]
    late = [one for one in early if one["event_id"] in {"fill-lost-out", "e1-running"}]
    other.deliver([one for one in early if one not in late], bars().head(24 * 2))
    other.run()
    assert other.table(ResearchTrades).height > 0
    other.deliver([*late, *(one for one in events if one not in early)], bars().tail(24 * (N_DAYS - 2)))
    other.run(only=STEPS)
    for table in TABLES:
        assert_frame_equal(other.table(table), root.table(table), check_exact=True)
    assert read_experiments(other.home.experiments) == read_experiments(root.home.experiments)
