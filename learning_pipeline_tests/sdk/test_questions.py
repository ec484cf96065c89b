"""The four questions of the learning engine, asked in its own code; and what the dictionaries say beside."""

from __future__ import annotations

import subprocess
import sys

import pytest

import learning_pipeline as lp
from learning_pipeline.errors import BadInput
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.sdk.conftest import N_DAYS
from learning_pipeline_tests.worlds import Root

N_BLOCKED = sum(1 + day % 3 for day in range(N_DAYS - 1))
HOURS = 24 * 90


@pytest.fixture(scope="module")
def home(two_weeks: Root) -> str:
    return str(two_weeks.home.root)


def asked(two_weeks: Root, query: str) -> list[tuple[object, ...]]:
    import duckdb

    with duckdb.connect(str(two_weeks.home.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


NEWEST = "window_days = 90 AND as_of = (SELECT max(as_of) FROM analysis.opportunity_cost)"


def test_how_much_without_the_volatility_guard(home: str, two_weeks: Root, capsys: pytest.CaptureFixture[str]) -> None:
    learnings = lp.learnings(home, hours=HOURS)

    # Check what-if scenario
    what_if = learnings["what_if_scenarios"]["no_volatility_guard"]
    print(f"Net P&L if disabled: ${what_if['net_pnl_if_disabled']:.2f}")

    # By hand: each of the longs reaches its target, 2 % of the 100 USD of the settings, less fees and half a spread.
    one = 100 * (0.02 - 0.00005 - 0.001 * 2.02)
    assert float(capsys.readouterr().out.removeprefix("Net P&L if disabled: $")) == pytest.approx(
        N_BLOCKED * one, abs=0.01
    )
    assert what_if["ci_low"] < what_if["net_pnl_if_disabled"] < what_if["ci_high"]


def test_rsi_against_macd(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = lp.report(home, hours=HOURS)
    strategies = report["strategy_leaderboard"]

    rsi_wr = strategies.get("RSI_Divergence", {}).get("win_rate", 0)
    macd_wr = strategies.get("MACD", {}).get("win_rate", 0)

    print(f"RSI Divergence WR: {rsi_wr * 100:.1f}%")
    print(f"MACD WR: {macd_wr * 100:.1f}%")
    for strategy, stats in sorted(strategies.items(), key=lambda x: x[1]["total_pnl"], reverse=True):
        print(f"{strategy}: ${stats['total_pnl']:.2f} | {stats['win_rate'] * 100:.1f}% WR")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["RSI Divergence WR: 0.0%", "MACD WR: 100.0%"]
    assert [line.split(":")[0] for line in lines[2:]] == ["MACD", "RSI_Divergence"]


def test_how_long_until_the_execution(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = lp.report(home, hours=HOURS)
    decay = report["signal_decay"]

    print(f"Average decay: {decay['avg_decay_seconds'] / 60:.1f} minutes")
    print(f"Median decay: {decay['median_decay_seconds'] / 60:.1f} minutes")
    seconds = sorted([60.0] * 13 + [180.0 + day for day in range(13)])
    mean, median = sum(seconds) / 26, (seconds[12] + seconds[13]) / 2
    assert (
        capsys.readouterr().out == f"Average decay: {mean / 60:.1f} minutes\nMedian decay: {median / 60:.1f} minutes\n"
    )


def test_which_guards_save_and_which_cost(home: str, two_weeks: Root, capsys: pytest.CaptureFixture[str]) -> None:
    learnings = lp.learnings(home, hours=HOURS)

    guards = learnings["guard_effectiveness"]

    print("Effective guards (saving money):")
    for guard in guards["effective_guards"]:
        print(f"  {guard['guard']}: Saved ${guard['net_saved']:.2f}")

    print("\nIneffective guards (costing money):")
    for guard in guards["ineffective_guards"]:
        print(f"  {guard['guard']}: Cost ${guard['net_cost']:.2f}")
    rows = f"SELECT guard, basis_net_saved_usd FROM analysis.guard_effectiveness WHERE {NEWEST}"
    saved = dict(asked(two_weeks, rows))
    assert capsys.readouterr().out == (
        f"Effective guards (saving money):\n  SpreadGuard: Saved ${saved['SpreadGuard']:.2f}\n\n"
        f"Ineffective guards (costing money):\n  VolatilityGuard: Cost ${-saved['VolatilityGuard']:.2f}\n"
    )
    (costly,) = guards["ineffective_guards"]
    assert costly["ci_low"] < costly["net_cost"] < costly["ci_high"]
    assert guards["inconclusive_guards"] == []


def test_the_other_lines_of_the_seed_run_too(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    learnings, report, performance = (
        lp.learnings(home, hours=HOURS),
        lp.report(home, hours=HOURS),
        lp.shadow_performance(home, hours=HOURS),
    )
    print(f"Blocked opportunity cost: ${learnings['blocked_analysis']['net_opportunity_cost']:.2f}")
    print(f"Effective guards: {len(learnings['guard_effectiveness']['effective_guards'])}")
    print(f"Top strategy: {learnings['strategy_performance']['top_strategy']}")
    blocked_cost = report["blocked_opportunity_cost"]
    print(f"Missed profit: ${blocked_cost['missed_profit']:.2f}")
    print(f"Avoided loss: ${blocked_cost['avoided_loss']:.2f}")
    print(f"Net cost: ${blocked_cost['net_opportunity_cost']:.2f}")
    print(f"Shadow trades: {performance['total_trades']}")
    print(f"Win rate: {performance['win_rate'] * 100:.1f}%")
    print(f"Total P&L: ${performance['total_pnl']:.2f}")
    out = capsys.readouterr().out
    assert "Top strategy: MACD\n" in out
    assert f"Shadow trades: {2 * N_BLOCKED + 26}\n" in out
    assert blocked_cost["net_opportunity_cost"] == blocked_cost["missed_profit"] - blocked_cost["avoided_loss"]
    assert performance["win_rate"] == pytest.approx((N_BLOCKED + 26) / (2 * N_BLOCKED + 26))
    assert [(p["kind"], p["target"], p["state"]) for p in learnings["feedback"]] == [
        ("drop_guard", "VolatilityGuard", "open")
    ]


@pytest.mark.parametrize(("hours", "days"), [(24, 1), (25, 30), (HOURS, 90), (HOURS + 1, 90)])
def test_each_says_which_window_it_is_of(home: str, hours: float, days: int) -> None:
    for told in (lp.learnings(home, hours), lp.report(home, hours), lp.shadow_performance(home, hours)):
        assert told["window"]["days"] == days
        assert f"You asked for {hours} hours" in told["window"]["words"]


def test_what_is_unknown_is_none(home: str) -> None:
    """Nothing was decided on the last day: it has no guard, no rate and no interval."""
    day = lp.report(home, hours=24)
    assert day["guard_effectiveness"] == {
        k: [] for k in ("effective_guards", "ineffective_guards", "inconclusive_guards")
    }
    assert day["signal_decay"]["avg_decay_seconds"] is None
    assert day["blocked_opportunity_cost"]["ci_low"] is None
    assert lp.shadow_performance(home, hours=24)["win_rate"] is None
    assert lp.learnings(home, hours=24)["strategy_performance"]["top_strategy"] is None


def test_without_a_warehouse_it_says_what_to_do(empty_home: CommandLine) -> None:
    with pytest.raises(BadInput, match="no warehouse yet"):
        lp.learnings(empty_home.home)
    assert not empty_home.home.exists()


@pytest.fixture
def empty_home(tmp_path) -> CommandLine:
    return CommandLine(tmp_path / "home")


LIGHT = """
import sys, time
began = time.perf_counter()
import learning_pipeline as lp
seconds = time.perf_counter() - began
lp.load_overrides(sys.argv[1]).apply({"halo": 3.0})
from pathlib import Path
from learning_pipeline.stores.allocation_file import write_allocation
write_allocation(Path(sys.argv[1]) / "allocation.json", {"timeframe_allocation": {}})
assert lp.load_allocation(sys.argv[1]) == {"timeframe_allocation": {}}
lp.load_posture(sys.argv[1]).steer(0.5, 0.5, "p", {"timeframe": "1h"})
off, order = {"learning_book_enabled": False}, {"experiment_id": "e", "side": "long", "price": 1.0}
assert lp.evaluate_learning_order(order, {}, off).reason == "learning_disabled"
from learning_pipeline.stores.learning_book_file import write_learning_book
write_learning_book(Path(sys.argv[1]) / "learning_book.json", {"as_of": None, "settings": off, "sessions": []})
assert lp.learning_context(sys.argv[1])["sessions"] == []
assert lp.load_experiments(sys.argv[1])["experiments"] == []
assert lp.route({"symbol": "AAA"}, sys.argv[1]).book == "profit"
heavy = {"dagster", "mlflow", "duckdb", "polars", "pandera", "sqlalchemy", "matplotlib"} & set(sys.modules)
assert not heavy, heavy
print(seconds)
"""


def test_the_import_is_light_and_so_are_overrides_postures_and_allocation(tmp_path) -> None:
    asked = [sys.executable, "-c", LIGHT, str(tmp_path)]
    times = [float(subprocess.run(asked, capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    assert min(times) < 0.5
