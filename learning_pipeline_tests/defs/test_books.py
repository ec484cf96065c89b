"""The books through the real job: tables, the bot's file, the log, the check, and what a person sees."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from dagster._core.errors import DagsterAssetCheckFailedError
from polars.testing import assert_frame_equal

import learning_pipeline as lp
from learning_pipeline.analysis import OpportunityCost
from learning_pipeline.books.learning.tables import Blocks, ExperimentPnl, OpenRisk, Pnl, Risk
from learning_pipeline.contracts import Table
from learning_pipeline.errors import BadInput
from learning_pipeline.stores.experiments_file import write_experiments
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.defs.traded import HOUR, closed, event
from learning_pipeline_tests.parts import Part
from learning_pipeline_tests.worlds import MONDAY, Root

OURS: list[type[Table]] = [Pnl, ExperimentPnl, Blocks, Risk, OpenRisk]
DAY = dt.timedelta(days=1)
LEARNING = {"book": "learning", "learning_book": True, "experiment_id": "e1", "experiment_variant": "spread_guard"}
RESEARCH = {"book": "research", "experiment_id": "r1", "playbook_id": "donchian"}
SETTINGS = {"books": {"learning_daily_risk_budget_pct": 0.1}}
NEXT_ORDER = {"experiment_id": "e1", "side": "long", "price": 100.0, "stop_price": 99.0, "qty": 1.0}
CALM = {"volatility": 0.02, "spread_bps": 2.0, "feed_latency_seconds": 1.0}


def equity(at: dt.datetime, usd: float) -> dict[str, Any]:
    return event("portfolio_snapshot", "equity", at, equity_usd=usd, cash_usd=usd)


def entered(name: str, at: dt.datetime, tags: dict[str, Any]) -> list[dict[str, Any]]:
    """A long unit at 100 with its stop at 98, ordered at 100 and filled at 101: risk 2, then 3."""
    what = {"symbol": "AAA", "timeframe": "1h", "strategy": "alpha", "side": "long", "ttl_minutes": 90}
    levels = {"entry_price": 100.0, "stop_price": 98.0, "target_price": 110.0}
    ids = {"order_id": f"o-{name}", "signal_id": f"s-{name}", "trade_id": name}
    unit = {"symbol": "AAA", "side": "buy", "qty": 1.0}
    return [
        event("signal", f"s-{name}", at, signal_id=f"s-{name}", **what, **levels),
        event("order_submitted", f"o-{name}", at, **ids, **unit, price=100.0, **tags),
        event(
            "fill", f"f-{name}", at + HOUR / 60, fill_id=f"f-{name}", **ids, **unit, price=101.0, fee_usd=0.1, **tags
        ),
    ]


def ended(name: str, pnl_usd: float, at: dt.datetime, tags: dict[str, Any], **more: Any) -> dict[str, Any]:
    return closed(name, "1h", pnl_usd / 100, at, signal_id=f"s-{name}", **tags, **more)


def refused(name: str, at: dt.datetime, reason: str, detail: str | None, tags: dict[str, Any]) -> dict[str, Any]:
    said = {"detail": detail} if detail else {}
    return event("trade_blocked", f"b-{name}", at, signal_id=f"s-{name}", reason=reason, **said, **tags)


def three_days() -> list[dict[str, Any]]:
    """Equity 10,000: a learning trade that loses overnight, one that stays open, one of profit, one of research.

    A fill is sent again the next morning, under another event id.
    """
    at = MONDAY + 9 * HOUR
    again = entered("l1", at, LEARNING)[-1] | {"event_id": "again", "at": "2024-03-05T08:30:00Z"}
    profit = ended("p1", 7.0, at + 2 * HOUR, {})
    events = [
        *(equity(MONDAY + k * DAY, 10_000.0 + 100 * k) for k in range(3)),
        *entered("l1", at, LEARNING),
        *entered("r1", at + HOUR, RESEARCH),
        again,
        profit,
        refused("l9", at + HOUR, "no_learn_zone", "spread_wide", LEARNING),
        refused("r9", at + HOUR, "research_paused", None, RESEARCH),
        ended("l1", -4.0, at + DAY, LEARNING),
        *entered("l2", at + DAY + HOUR, LEARNING),
        ended("r1", 6.0, at + DAY + HOUR, RESEARCH),
        ended("p1", 8.0, at + 2 * DAY, {}) | {"closed_at": profit["closed_at"], "opened_at": profit["opened_at"]},
    ]
    return sorted(events, key=lambda one: (one["at"], one["event_id"]))


@pytest.fixture(scope="module")
def booked(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """With the table that tells what a report is of."""
    root = Part(tmp_path_factory.mktemp("booked"), *OURS, OpportunityCost)
    root.deliver(three_days())
    root.run(settings=SETTINGS)
    return root


def test_risk_is_reserved_trued_up_and_released_with_the_state_after_it(booked: Root) -> None:
    rows = booked.table(Risk).filter(pl.col("book") == "learning")
    told = rows.select("trade_id", "change", "risk_usd", "change_usd", "reserved_usd", "lost_usd", "budget_usd")
    assert told.rows() == [
        ("l1", "reserved", 2.0, 2.0, 2.0, 0.0, 10.0),
        ("l1", "trued_up", 3.0, 1.0, 3.0, 0.0, 10.0),
        ("l1", "released", 0.0, -3.0, 0.0, 4.0, pytest.approx(10.1)),
        ("l2", "reserved", 2.0, 2.0, 2.0, 4.0, pytest.approx(10.1)),
        ("l2", "trued_up", 3.0, 1.0, 3.0, 4.0, pytest.approx(10.1)),
    ]
    assert set(rows["experiment_id"]) == {"e1"}
    research = booked.table(Risk).filter(pl.col("book") == "research")
    assert (research["change"].to_list(), research["budget_usd"].null_count()) == (
        ["reserved", "trued_up", "released"],
        3,
    )
    held = booked.table(OpenRisk).select("day", "order_id").rows()
    first = MONDAY.date()
    assert held == [(first, "o-l1"), (first, "o-r1"), (first + DAY, "o-l2"), (first + 2 * DAY, "o-l2")]


def test_money_and_refusals_by_book(booked: Root) -> None:
    told = (
        booked.table(Pnl).select("book", "n_trades", pl.col("pnl_usd").round(9)).filter(pl.col("pnl_usd") != 0).rows()
    )
    assert told == [("profit", 1, 7.0), ("learning", 1, -4.0), ("research", 1, 6.0), ("profit", 0, 1.0)]
    blocks = booked.table(Blocks).select("book", "reason", "detail", "experiment_id", "experiment_variant").rows()
    assert blocks == [
        ("learning", "no_learn_zone", "spread_wide", "e1", "spread_guard"),
        ("research", "research_paused", None, "r1", None),
    ]
    last = booked.table(ExperimentPnl).filter(pl.col("day") == pl.col("day").max())
    assert last.select("book", "experiment_id", "pnl_usd").rows() == [("learning", "e1", -4.0), ("research", "r1", 6.0)]


def test_pieces_in_any_order_equal_the_whole(booked: Root, tmp_path: Path) -> None:
    """The second day's delivery resumes from the first day's state; a late refusal comes with it."""
    root, events = Part(tmp_path, *OURS), three_days()
    late = [one for one in events if one["type"] == "trade_blocked"]
    early = [one for one in events if one["at"] < "2024-03-05T08" and one not in late]
    for part in (early, list(reversed(events))):
        root.deliver(part)
        root.run(settings=SETTINGS)
    for table in OURS:
        assert_frame_equal(root.table(table), booked.table(table), check_exact=True)


def test_the_bot_reads_what_is_left(booked: Root) -> None:
    """On Wednesday one unit is open with risk 3 of 10.2; a day later Tuesday's loss is over, the trade still open."""
    wednesday = MONDAY + 2 * DAY + 12 * HOUR
    context = lp.learning_context(booked.home.root, now=wednesday)
    assert json.loads(json.dumps(context)) == context
    (session,) = context["sessions"]
    assert (session["source"], session["equity_usd"], session["lost_today_usd"]) == ("bot", 10_200.0, 0.0)
    assert session["risk_left_usd"] == pytest.approx(10.2 - 3.0)
    assert session["exposure_left_usd"] == pytest.approx(204.0 - 101.0)
    assert (session["n_trades_left"], session["experiment_pnl_usd"]) == (12, {"e1": -4.0})
    assert (context["as_of"], context["experiments"], session["zones"]) == ("2024-03-06", [], [])
    asked = {"book": session["book"], "settings": context["settings"], "zones": CALM, "now": wednesday}
    allowed = lp.evaluate_learning_order(NEXT_ORDER, **asked)
    assert (allowed.qty, allowed.hold_minutes, allowed.risk_usd) == (1.0, 60.0, 1.0)
    too_large = lp.evaluate_learning_order(NEXT_ORDER | {"qty": 1.05}, **asked)
    assert (too_large.allowed, too_large.reason) == (False, "portfolio_exposure")
    assert lp.evaluate_learning_order(NEXT_ORDER, **asked | {"zones": None}).detail == "volatility_spike"


def test_running_experiments_stand_in_the_context(booked: Root, tmp_path: Path) -> None:
    (tmp_path / "learning_book.json").write_bytes(booked.home.learning_book.read_bytes())
    known = [{"experiment_id": "x1", "state": "running"}, {"experiment_id": "x2", "state": "paused"}]
    write_experiments(tmp_path / "experiments.json", lambda: {"as_of": None, "experiments": known, "sessions": []})
    assert lp.learning_context(tmp_path)["experiments"] == known[:1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"order": NEXT_ORDER | {"qty": "1"}}, "order: .*qty"),
        ({"order": {"side": "long"}}, "order: .*experiment_id"),
        ({"order": NEXT_ORDER | {"price": -1.0}}, "price: expected a number above 0"),
        ({"zones": {"spread": 1.0}}, "zones: .*spread"),
        ({"settings": {"learning_book_enabled": True}}, "settings: learning_.* is missing"),
    ],
)
def test_what_is_no_order_is_refused_in_one_line(booked: Root, wrong: dict[str, Any], words: str) -> None:
    context = lp.learning_context(booked.home.root)
    asked = {"order": NEXT_ORDER, "book": context["sessions"][0]["book"], "settings": context["settings"]}
    with pytest.raises(BadInput, match=words):
        lp.evaluate_learning_order(**asked | {"zones": CALM} | wrong)


def test_without_a_run_there_is_no_context(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no learning book yet"):
        lp.learning_context(tmp_path)


def test_the_log_says_why(booked: Root) -> None:
    told = booked.home.learning_log.read_text()
    assert "BOOK BLOCK | day=2024-03-04 | book=learning | reason=no_learn_zone | detail=spread_wide" in told
    assert "n_reserved=1 | reserved_usd=3 | lost_usd=4 | budget_usd=10.1" in told


def test_the_report_shows_the_books(booked: Root) -> None:
    html = Path(CommandLine(booked.home.root)("report").out.strip()).read_text(encoding="utf-8")
    for words in ("Books: profit, learning, research", "2 orders of the learning book", "no_learn_zone", "spread_wide"):
        assert words in html
    assert 'id="books' in html


def test_a_learning_trade_that_is_closed_in_the_profit_book_stops_the_chain(tmp_path: Path) -> None:
    """learning_trades_never_touch_profit_budget; repaired by telling the close again."""
    root, at = Part(tmp_path, *OURS), MONDAY + 9 * HOUR
    root.deliver([equity(MONDAY, 10_000.0), *entered("l1", at, LEARNING), ended("l1", -4.0, at + HOUR, {})])
    with pytest.raises(DagsterAssetCheckFailedError, match="learning_trades_never_touch_profit_budget"):
        root.run()
    repaired = ended("l1", -4.0, at + HOUR, LEARNING) | {"at": "2024-03-04T11:00:00Z", "event_id": "again"}
    root.deliver([repaired])
    root.run()
    assert root.table(Pnl).filter(pl.col("pnl_usd") != 0).select("book", "pnl_usd").rows() == [("learning", -4.0)]
    versions = root.versions()
    root.run(settings={"books": {"learning_manual_override_off": True}})
    assert root.versions() == versions, "a person's switch makes no day stale"
    (session,) = lp.learning_context(root.home.root, now=at)["sessions"]
    assert session["zones"] == ["manual_override_off"]
