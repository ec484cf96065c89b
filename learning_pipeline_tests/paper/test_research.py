"""Research in the paper session: its money, its tags, its pause; and the chain's walk over the events of it."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from learning_pipeline.books.research.attributions import fallen_through
from learning_pipeline.books.research.experiment import Spec
from learning_pipeline.books.research.happenings import Events
from learning_pipeline.books.research.requests import Held
from learning_pipeline.books.research.research import research
from learning_pipeline.books.research.settings import ResearchSettings
from learning_pipeline.books.research.tables import Experiments
from learning_pipeline.books.research.told import ToldTrade, told_trades
from learning_pipeline.books.research.trades import research_trades
from learning_pipeline.books.settings import BooksSettings
from learning_pipeline.contracts import days_between
from learning_pipeline.events.parse import parse_lines
from learning_pipeline.events.tables import EVENT_TABLES
from learning_pipeline.market.tables import Bars
from learning_pipeline.paper import PaperSettings, resample, run_session
from learning_pipeline.stores.recorder import Recorder
from learning_pipeline.stores.sample import sample_bars
from learning_pipeline.stores.settings_file import load_settings

FIRST, LAST = dt.datetime(2017, 7, 10, tzinfo=dt.UTC), dt.datetime(2018, 1, 8, tzinfo=dt.UTC)
SPEC = Spec("rsi-1", "a fade of an extreme RSI pays", "rsi_extremes", (), ("mean_reversion",), 20, 8.0)
SETTINGS = ResearchSettings()


class Session(NamedTuple):
    held: Held
    lines: list[dict[str, Any]]
    tables: dict[str, pl.DataFrame]
    bars: pl.DataFrame

    def of(self, kind: str, book: str | None = "research") -> list[dict[str, Any]]:
        return [line for line in self.lines if line["type"] == kind and line.get("book") == book]


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> Session:
    hours = sample_bars().filter(pl.col("ts").is_between(FIRST, LAST))
    bars = pl.concat([hours, resample(hours, "4h")])
    folder = tmp_path_factory.mktemp("bot")
    with Recorder(folder, source="paper") as recorder:
        held = run_session(bars, recorder, PaperSettings(), research=SETTINGS, experiments=[SPEC])
    content = b"".join(path.read_bytes() for path in sorted(folder.glob("*.jsonl")))
    parsed = parse_lines(content)
    assert parsed.refusals == []
    frames = {word: parsed.frames[word].select(*EVENT_TABLES[word].dtypes()) for word in parsed.frames}
    length = pl.when(pl.col("timeframe") == "1h").then(pl.duration(hours=1)).otherwise(pl.duration(hours=4))
    landed = bars.with_columns(day=pl.col("ts").dt.date(), known_at=pl.col("ts") + length, revision=0)
    landed = landed.cast({"revision": pl.Int64}).select(*Bars.dtypes())
    return Session(held, [json.loads(line) for line in content.splitlines()], frames, landed)


def trades_of(session: Session) -> list[ToldTrade]:
    fills, closes = (session.tables[name].filter(pl.col("book") == "research") for name in ("fill", "trade_closed"))
    return told_trades(fills, closes)


@pytest.fixture(scope="module")
def folded(session: Session):
    tables = session.tables
    nothing = EVENT_TABLES["judge_action"].frame()
    events = Events(tables["portfolio_snapshot"], session.bars, tables["experiment"], nothing)
    days = days_between(FIRST.date(), LAST.date() + dt.timedelta(days=1))
    return research(Held({}, {}), events, trades_of(session), [], days, SETTINGS)


def test_the_session_begins_with_research_money_taken_out_of_main(session: Session) -> None:
    (budget,) = session.held.budgets.values()
    assert budget.initial_usd == pytest.approx(2_000.0)
    first = session.of("portfolio_snapshot", None)[0]
    assert first["equity_usd"] + budget.initial_usd == pytest.approx(PaperSettings().capital_usd)


def test_the_environment_says_how_large_the_research_money_of_a_session_is(hours: pl.DataFrame, tmp_path: Path) -> None:
    given = {"RESEARCH_BUDGET_FRACTION": "0.25", "RESEARCH_MAX_LOSS_USD": "7"}
    settings = load_settings(tmp_path / "none", {"books": BooksSettings}, environment=given)["books"]
    assert isinstance(settings, BooksSettings)
    with Recorder(tmp_path, source="paper") as recorder:
        held = run_session(hours.head(300), recorder, PaperSettings(), research=settings)
    (budget,) = held.budgets.values()
    assert (budget.initial_usd, settings.research_max_loss_usd) == (pytest.approx(5_000.0), 7.0)


def test_signals_that_an_experiment_covers_are_tagged_with_it_and_its_playbook(session: Session) -> None:
    tagged = session.of("signal")
    assert len(tagged) > 20
    for line in tagged:
        assert (line["experiment_id"], line["experiment_variant"]) == ("rsi-1", "treatment")
        assert (line["playbook_id"], line["category"]) == ("rsi_extremes", "mean_reversion")
        assert abs(line["target_price"] - line["entry_price"]) == pytest.approx(
            abs(line["entry_price"] - line["stop_price"])
        )
    assert not [line for line in session.of("signal", None) if line["category"] == "mean_reversion"]


def test_nothing_of_research_is_in_the_profit_book(session: Session) -> None:
    money = {word: session.tables[word] for word in ("order_submitted", "fill", "trade_closed")}
    assert fallen_through(session.tables["signal"], money) == []


def test_each_trade_is_a_share_of_the_research_cash_of_its_time(session: Session) -> None:
    entries = [line for line in session.of("order_submitted") if line["order_id"].endswith("-entry")]
    assert len(entries) > 10
    named = {line["signal_id"]: line for line in session.of("signal")}
    for line in entries:
        signal = named[line["signal_id"]]
        assert line["qty"] * signal["entry_price"] == pytest.approx(signal["notional_usd"])
        assert 60 < signal["notional_usd"] <= 101


def test_research_trades_are_charged_to_research_cash_not_to_main(session: Session) -> None:
    (budget,) = session.held.budgets.values()
    pnl = sum(line["pnl_usd"] for line in session.of("trade_closed"))
    fees = sum(line["fee_usd"] for line in session.of("fill") if line["trade_id"] in budget.positions)
    assert budget.total_pnl_usd == pytest.approx(pnl - fees, abs=1e-9)
    notional = sum(one.notional_usd for one in budget.positions.values())
    assert budget.cash_usd == pytest.approx(budget.initial_usd + budget.total_pnl_usd - notional, abs=1e-9)
    last = session.of("portfolio_snapshot", None)[-1]
    of_main = [line for line in session.of("trade_closed", None) if line["at"] <= last["at"]]
    done = {line["trade_id"] for line in of_main}
    open_fees = sum(
        line["fee_usd"]
        for line in session.of("fill", None)
        if line["at"] <= last["at"] and line["trade_id"] not in done
    )
    assert last["cash_usd"] == pytest.approx(18_000 + sum(line["pnl_usd"] for line in of_main) - open_fees)


def test_after_its_loss_limit_research_trades_no_more_and_says_so(session: Session) -> None:
    (budget,) = session.held.budgets.values()
    assert session.held.experiments["rsi-1"].state == "paused"
    assert [line["status"] for line in session.of("experiment", None)] == ["running", "paused"]
    paused_at = budget.paused_at
    blocked = session.of("trade_blocked")
    assert {line["reason"] for line in blocked} == {"research_paused"}
    assert all(dt.datetime.fromisoformat(line["at"]) >= paused_at for line in blocked)
    entries = [line for line in session.of("order_submitted") if line["order_id"].endswith("-entry")]
    assert all(dt.datetime.fromisoformat(line["at"]) < paused_at + dt.timedelta(seconds=10) for line in entries)
    answers = {line["signal_id"]: line for line in session.lines if line["type"] == "decision"}
    assert {answers[line["signal_id"]]["blocker_component"] for line in blocked} == {"research_paused"}


def test_the_chain_comes_to_the_money_and_the_pause_that_the_bot_lived_with(session: Session, folded) -> None:
    (live,), (told,) = session.held.budgets.values(), folded.now.budgets.values()
    for name in ("initial_usd", "cash_usd", "total_pnl_usd"):
        assert getattr(told, name) == pytest.approx(getattr(live, name), abs=1e-9), name
    assert (told.paused_at, told.pause_reason) == (live.paused_at, live.pause_reason)
    assert told.positions.keys() == {k for k, one in live.positions.items() if one.qty}
    one, other = folded.now.experiments["rsi-1"], session.held.experiments["rsi-1"]
    assert (one.spec, one.state, one.state_at) == (other.spec, other.state, other.state_at)
    assert one.realised_usd == pytest.approx(other.realised_usd, abs=1e-9)


def test_every_trade_ends_at_its_target_at_its_stop_or_with_its_life(session: Session) -> None:
    rows = research_trades(trades_of(session), session.tables["signal"], Experiments.frame(), FIRST.date(), LAST.date())
    newest = {row["trade_id"]: row for row in rows.sort("day").to_dicts()}
    reasons = {line["trade_id"]: line["exit_reason"] for line in session.of("trade_closed")}
    words = {"target": "hit_1r", "stop": "hit_stop", "ttl": "ttl_expired"}
    assert {name: newest[name]["outcome"] for name in reasons} == {name: words[why] for name, why in reasons.items()}
    assert set(reasons.values()) >= {"target", "stop"}


def test_days_walked_in_pieces_come_to_the_same_rows(session: Session, folded) -> None:
    tables, nothing = session.tables, EVENT_TABLES["judge_action"].frame()
    events = Events(tables["portfolio_snapshot"], session.bars, tables["experiment"], nothing)
    days = days_between(FIRST.date(), LAST.date() + dt.timedelta(days=1))
    held, parts = Held({}, {}), []
    for first, last in itertools.pairwise([0, 1, 9, 30, len(days)]):
        made = research(held, events, trades_of(session), [], days[first:last], SETTINGS)
        held, parts = made.now, [*parts, made.budgets]
    assert pl.concat(parts).sort("as_of").equals(folded.budgets.sort("as_of"))
