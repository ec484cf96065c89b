"""Backtest and live are one: what the bot's gate answered is what its events answer, to the bit.

The seed's parity checklist: the same tags and experiment ids (`every_order_is_traceable`), budgets of the books
enforced apart (`paper/test_exploration`, `test_isolation`), `no_learn_zone` in both (`many_refusals`,
`the_same_refusals`), PnL of learning apart in reports (`reports/test_books`).
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, NamedTuple

import msgspec
import polars as pl
import pytest

from learning_pipeline.books.learning import Answer, Conditions, LearningOrder, RiskBook, evaluate_learning_order
from learning_pipeline.books.learning.blocks import book_blocks
from learning_pipeline.books.learning.fold import Folded, fold_risk
from learning_pipeline.books.learning.moves import Closed, Died, Filled, Snapshot, Submitted
from learning_pipeline.books.learning.moves_of import Events
from learning_pipeline.books.learning.settings import LearningBookSettings
from learning_pipeline.books.learning.tables import Blocks, ExperimentPnl, OpenRisk
from learning_pipeline.contracts import days_between, timeframe_length
from learning_pipeline.events.parse import parse_lines
from learning_pipeline.events.tables import EVENT_TABLES
from learning_pipeline.paper import PaperSettings, run_session
from learning_pipeline.stores.recorder import Recorder
from learning_pipeline.stores.sample import sample_bars

SETTINGS = LearningBookSettings(
    learning_max_hold_minutes=600,
    learning_allow_short=True,
    learning_max_portfolio_exposure_pct=0.7,
    learning_daily_risk_budget_pct=0.02,
    learning_daily_loss_limit_pct=0.015,
    learning_max_consecutive_losses=3,
    learning_max_trades_per_day=6,
    learning_max_volatility=0.05,
)
FIRST, LAST = dt.datetime(2017, 7, 10, tzinfo=dt.UTC), dt.datetime(2017, 9, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Session(NamedTuple):
    """A live session's own record, as it was lived through, and the tables made of it."""

    lines: list[dict[str, Any]]
    events: Events
    blocks: pl.DataFrame
    days: tuple[dt.date, dt.date]


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> Session:
    bars = sample_bars().filter(pl.col("ts").is_between(FIRST, LAST))
    folder = tmp_path_factory.mktemp("bot")
    with Recorder(folder, source="paper") as recorder:
        run_session(bars, recorder, PaperSettings(exploration_rate=0.6), learning=SETTINGS)
    content = b"".join(path.read_bytes() for path in sorted(folder.glob("*.jsonl")))
    parsed = parse_lines(content)
    assert parsed.refusals == []
    tables = {word: parsed.frames[word].select(*EVENT_TABLES[word].dtypes()) for word in parsed.frames}
    events = Events(
        tables["order_submitted"], tables["fill"], tables["trade_closed"], tables["decision"],
        tables["portfolio_snapshot"], tables["signal"],
    )  # fmt: skip
    days = events.portfolio["day"]
    return Session([json.loads(line) for line in content.splitlines()], events, tables["trade_blocked"],
                   (days.min(), days.max()))  # fmt: skip


def folded(session: Session, events: Events | None = None) -> Folded:
    return fold_risk(events or session.events, OpenRisk.frame(), ExperimentPnl.frame(), session.days, SETTINGS)


def us(stamp: str) -> int:
    return (dt.datetime.fromisoformat(stamp) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def replay(lines: list[dict[str, Any]]) -> tuple[dict[str, Answer], RiskBook]:
    """Ask the gate again at each signal that a guard blocked, with what was recorded before it and nothing else."""
    book, answers, signal, waiting = RiskBook(), {}, {}, {}
    snapshots = {line["at"]: line["equity_usd"] for line in lines if line["type"] == "portfolio_snapshot"}
    for line in lines:
        match line["type"]:
            case "signal":
                signal = line
                if line["at"] in snapshots:
                    book.apply(Snapshot(us(line["at"]), snapshots[line["at"]]))
            case "portfolio_snapshot":
                book.apply(Snapshot(us(line["at"]), line["equity_usd"]))
            case "decision" if line["decision"] in {"expired", "cancelled"}:
                book.apply(Died(us(line["at"]), line["signal_id"]))
            case "decision" if "propensity" in line:
                waiting[line["signal_id"]] = signal, line
                answers[line["signal_id"]] = asked_again(book, signal, line)
            case "order_submitted" | "fill" | "trade_closed" if line.get("book") == "learning":
                book.apply(moved(line, signal))
    return answers, book


def asked_again(book: RiskBook, signal: dict[str, Any], answer: dict[str, Any]) -> Answer:
    market, side = answer["market"], 1 if signal["side"] == "long" else -1
    conditions = Conditions(
        volatility=market["volatility"],
        spread_bps=market["spread_bps"],
        relative_volume=signal["features"].get("relative_volume"),
        feed_latency_seconds=0.0,
    )
    wanted = LearningOrder(
        experiment_id="guard_exploration",
        side=signal["side"],
        price=signal["entry_price"] + side * 1.0 * market["spread"],
        stop_price=signal["stop_price"],
        hold_minutes=signal["ttl_bars"] * (timeframe_length(signal["timeframe"]) / MINUTE),
    )
    return evaluate_learning_order(wanted, book, SETTINGS, conditions, dt.datetime.fromisoformat(answer["at"]))


def moved(line: dict[str, Any], signal: dict[str, Any]) -> Submitted | Filled | Closed:
    at, side = us(line["at"]), 1 if line["side"] in {"buy", "long"} else -1
    if line["type"] == "fill":
        return Filled(at, line["order_id"], line["trade_id"], side, line["qty"], line["price"], line["fee_usd"])
    if line["type"] == "trade_closed":
        return Closed(at, line["trade_id"], line["signal_id"], line["experiment_id"], line["pnl_usd"])
    named = [line[name] for name in ("order_id", "signal_id", "trade_id", "experiment_id", "experiment_variant")]
    stop = signal["stop_price"] if signal["signal_id"] == line["signal_id"] else None
    return Submitted(at, *named, line["playbook_id"], line["symbol"], side, line["qty"], line.get("price"), stop)


def entries(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Orders of entries for the learning book."""
    return [e for e in lines if e["type"] == "order_submitted" and "book" in e and e["order_id"].endswith("-entry")]


def test_the_session_meets_many_refusals(session):
    reasons = book_blocks(session.blocks).select("reason", "detail").unique().rows()
    assert {
        ("portfolio_exposure", None),
        ("daily_risk_budget", None),
        ("trades_per_day", None),
        ("no_learn_zone", "volatility_spike"),
        ("no_learn_zone", "consecutive_loss_limit"),
    } <= set(reasons)


def test_the_gate_gives_a_replay_the_answers_that_it_gave_the_bot(session):
    answers, _ = replay(session.lines)
    refused = {e["signal_id"]: (e["reason"], e.get("detail")) for e in session.lines if e["type"] == "trade_blocked"}
    assert refused == {name: (a.reason, a.detail) for name, a in answers.items() if not a.allowed}
    orders = {
        e["signal_id"]: e["qty"] for e in session.lines if e.get("order_id", "").endswith("-entry") and "book" in e
    }
    assert len(orders) > 40
    assert orders == {name: answers[name].qty for name in orders}, "to the bit"
    assert not refused.keys() & orders.keys()


def test_the_tables_tell_the_same_refusals_and_the_same_reservations(session):
    answers, _ = replay(session.lines)
    told = folded(session)
    reserved = told.risk.filter(pl.col("change") == "reserved")
    assert dict(reserved.select("signal_id", "risk_usd").iter_rows()) == {
        name: answers[name].risk_usd for name in reserved["signal_id"]
    }, "what the gate granted is what was reserved, to the bit"
    assert reserved.height == len(
        {e["order_id"] for e in session.lines if "book" in e and "-entry" in e.get("order_id", "")}
    )
    blocks = book_blocks(session.blocks)
    assert set(blocks.select("signal_id", "reason", "detail").rows()) == {
        (name, a.reason, a.detail) for name, a in answers.items() if not a.allowed
    }
    assert set(blocks["book"]) == {"learning"}
    assert Blocks.checked(blocks).height == len(blocks)


def test_the_book_after_the_last_day_is_the_same_in_both(session):
    _, live = replay(session.lines)
    book = folded(session).books["paper", "paper", "learning"]
    live.begin(book.day)
    assert msgspec.json.encode(book, order="sorted") == msgspec.json.encode(live, order="sorted")


def test_every_order_is_traceable_by_its_experiment(session):
    """Learning trades are fully traceable by experiment_id in events and DB."""
    events, told = session.events, folded(session)
    ours = [frame.filter(pl.col("book") == "learning") for frame in (events.orders, events.fills, events.trades)]
    for frame in (*ours, told.risk, book_blocks(session.blocks)):
        assert set(frame["experiment_id"]) == {"guard_exploration"}
    arms = ours[0].select("signal_id", "experiment_variant").unique()
    assert arms.height == ours[0]["signal_id"].n_unique()
    assert arms["experiment_variant"].n_unique() > 4
    for frame in ours[1:]:
        both = frame.join(arms, on="signal_id")
        assert (both["experiment_variant"] == both["experiment_variant_right"]).all()
    ended = told.risk.filter(pl.col("pnl_usd").is_not_null())
    assert dict(ended.select("trade_id", "pnl_usd").iter_rows()) == dict(
        ours[2].select("trade_id", "pnl_usd").iter_rows()
    )


def test_pieces_and_any_order_of_the_rows_give_the_same_bits(session):
    whole = folded(session)
    open_risk, experiments, parts = OpenRisk.frame(), ExperimentPnl.frame(), []
    for k, day in enumerate(days_between(*session.days)):
        today = [frame.filter(pl.col("day") == day) for frame in session.events]
        shuffled = [frame.sample(fraction=1.0, shuffle=True, seed=k) for frame in today]
        portfolio = session.events.portfolio.filter(pl.col("day") <= day, pl.col("day") >= day - dt.timedelta(days=7))
        signals = session.events.signals.filter(pl.col("day") <= day)
        events = Events(*shuffled)._replace(portfolio=portfolio, signals=signals)
        part = fold_risk(events, open_risk, experiments, (day, day), SETTINGS)
        open_risk, experiments = part.open_risk, part.experiments
        parts.append(part)
    for name in ("risk", "open_risk", "experiments"):
        table = {"risk": whole.risk, "open_risk": whole.open_risk, "experiments": whole.experiments}[name]
        assert pl.concat([getattr(part, name) for part in parts]).equals(table), name
    assert parts[-1].books.keys() == whole.books.keys()
    for key, book in whole.books.items():
        assert msgspec.json.encode(parts[-1].books[key], order="sorted") == msgspec.json.encode(book, order="sorted")
