"""A bot that explores, from its bars to what its guards are worth: every admission arrives with its propensity."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from learning_pipeline.analysis import Calibration, GuardEffectiveness, GuardValue, OpportunityCost
from learning_pipeline.contracts import Table
from learning_pipeline.events.tables import Decisions, Gates, Quarantine, Trades
from learning_pipeline.paper import PaperSettings, run_session
from learning_pipeline.stores.recorder import Recorder
from learning_pipeline.stores.sample import sample_bars
from learning_pipeline_tests.books.learning.settings import wide_open
from learning_pipeline_tests.parts import Part
from learning_pipeline_tests.worlds import Root

ASKED: list[type[Table]] = [Gates, Calibration, GuardEffectiveness, GuardValue, OpportunityCost]
RATE = 0.4
FIRST, LAST = (dt.datetime(2018, month, 1, tzinfo=dt.UTC) for month in (3, 6))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """Three months of BTCUSD, a bot that admits two in five of what it blocks, at most three a day."""
    bars = sample_bars().filter(pl.col("symbol") == "BTCUSD", pl.col("ts").is_between(FIRST, LAST))
    folder = tmp_path_factory.mktemp("bot")
    with Recorder(folder, source="paper") as recorder:
        allowing = wide_open(learning_max_trades_per_day=3)
        run_session(bars, recorder, PaperSettings(exploration_rate=RATE), learning=allowing)
    root = Part(tmp_path_factory.mktemp("home"), *ASKED)
    root.deliver(b"".join(path.read_bytes() for path in sorted(folder.glob("*.jsonl"))), bars)
    root.run()
    return root


def newest(root: Root, table: type) -> pl.DataFrame:
    rows = root.table(table)
    return rows.filter(pl.col("as_of") == pl.col("as_of").max(), pl.col("window_days") == 90)


def admitted(root: Root) -> pl.DataFrame:
    failed = root.table(Gates).filter(~pl.col("passed"))
    decided = Decisions.newest(root.table(Decisions)).filter(pl.col("decision") != "blocked")
    return decided.join(failed, on=["signal_id", "day"], how="semi")


def test_admissions_arrive_with_their_propensity_and_their_learning_trades(root: Root) -> None:
    assert root.table(Quarantine).is_empty()
    some = admitted(root)
    assert some.height > 30
    assert set(some["propensity"]) == {RATE}
    assert set(some["book"]) == {"profit"}
    learning = root.table(Trades).filter(pl.col("book") == "learning")
    assert set(learning["signal_id"]) <= set(some["signal_id"])
    assert set(learning["experiment_id"]) == {"guard_exploration"}


def test_guard_value_counts_every_admission_and_trusts_the_draws(root: Root) -> None:
    rows = newest(root, GuardValue)
    every = rows.filter(pl.col("guard") == "*", pl.col("estimator") == "aipw").row(0, named=True)
    last = every["as_of"]
    asked = admitted(root).filter(pl.col("decided_at").dt.date() > last - dt.timedelta(days=90))
    assert 0 <= asked.height - every["n_admitted"] < 5  # not counted yet: no shadow outcome
    assert every["status"] == "ok"
    assert every["draws_p_value"] > 0.01
    assert every["min_propensity"] == pytest.approx(RATE)
    assert every["n_no_chance"] > 0
    assert every["n_without_propensity"] == 0
    assert every["ci_low_usd"] < every["net_saved_usd"] < every["ci_high_usd"]


def test_what_stayed_blocked_is_the_opportunity_cost(root: Root) -> None:
    """The shadow row and the blocks without a chance are together what blocking cost."""
    cost = newest(root, OpportunityCost).row(0, named=True)
    every = newest(root, GuardValue).filter(pl.col("guard") == "*")
    shadow = every.filter(pl.col("estimator") == "shadow").row(0, named=True)
    assert cost["n_blocked"] == shadow["n_eligible"] + shadow["n_no_chance"] - len(
        admitted(root).filter(pl.col("decided_at").dt.date() > shadow["as_of"] - dt.timedelta(days=90))
    )


def test_the_marginal_of_a_guard_is_what_it_alone_blocked(root: Root) -> None:
    """Blocks of a guard alone, as guard effectiveness counts them, and its admissions are its population here."""
    judged = newest(root, GuardEffectiveness).select("guard", "n_marginal")
    rows = newest(root, GuardValue).filter(pl.col("estimator") == "aipw", pl.col("guard") != "*")
    both = rows.join(judged, on="guard")
    assert both.height > 3
    at_most = pl.col("n_settled") - pl.col("n_admitted")
    assert both.filter(at_most > pl.col("n_marginal")).is_empty()
    assert both.filter(pl.col("n_marginal") > at_most + pl.col("n_no_chance")).is_empty()


def test_calibration_compares_profit_and_learning_trades(root: Root) -> None:
    row = newest(root, Calibration).filter(pl.col("strategy") == "*").row(0, named=True)
    assert row["n"] > 60
    assert row["bias_usd"] == pytest.approx(row["real_net_pnl_usd"] - row["shadow_net_pnl_usd"])
