"""What a judge is told: numbers from tables, and the notes of the playbooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import polars as pl

from learning_pipeline.books.research.requests import Held
from learning_pipeline.events.tables import Signals, Trades
from learning_pipeline.playbooks.claim import ANY_STRATEGY, Claim
from learning_pipeline.playbooks.document import Document
from learning_pipeline.playbooks.judge.action import JudgeAction

MAIN = "profit"
_EMERGENCY = "(?i)emergency"


class MainTrades(NamedTuple):
    """Closed trades of the main budget that follow a playbook, of the days looked back at; emergency exits apart.

    ``n_won``: those with a profit. ``symbols`` and ``categories`` in alphabetical order.
    """

    n: int
    n_won: int
    symbols: tuple[str, ...]
    categories: tuple[str, ...]


class PlaybookFacts(NamedTuple):
    """A playbook: its claim, its newest row of ``playbooks.validation``, its notes, its trades in the main budget.

    ``n_experiments``: experiments that it ever had; ``is_under_test``: one of them is a draft, running or paused;
    ``was_cancelled``: one of them was called off. ``put_aside``: what people rejected of the edits suggested for it.
    """

    claim: Claim
    validation: Mapping[str, Any]
    notes: str
    main: MainTrades
    is_under_test: bool
    n_experiments: int
    has_pending_edit: bool
    was_cancelled: bool
    put_aside: str


class Facts(NamedTuple):
    """Everything as of the end of a day.

    ``no_research`` : why no experiment can start now; None where one can.
    """

    as_of: dt.date
    playbooks: tuple[PlaybookFacts, ...]
    no_research: str | None


class Judge(Protocol):
    """Whoever reads facts and says what it would do; it does nothing itself."""

    @property
    def name(self) -> str:
        """Under which its requests are kept."""

    def judge(self, facts: Facts) -> list[JudgeAction]:
        """What it would do."""


def gathered(
    files: Mapping[str, bytes],
    claims: Mapping[str, Claim],
    validation: pl.DataFrame,
    trades: pl.DataFrame,
    experiments: Sequence[Mapping[str, Any]],
    suggested: Sequence[Mapping[str, Any]],
) -> tuple[PlaybookFacts, ...]:
    """Facts of every playbook that has a row of validation, by id.

    Parameters
    ----------
    files : mapping of str to bytes
        Playbooks as they are.
    validation : DataFrame
        ``playbooks.validation`` of one day.
    trades : DataFrame
        `main_trades`.
    experiments : sequence of mapping
        ``playbook_id`` and ``state`` of every experiment.
    suggested : sequence of mapping
        ``playbook_id``, ``state`` and ``suggested_text`` of every suggested edit.
    """
    found = []
    for row in validation.sort("playbook_id").iter_rows(named=True):
        name = row["playbook_id"]
        states = [one["state"] for one in experiments if one["playbook_id"] == name]
        under_test = any(state in {"draft", "running", "paused"} for state in states)
        edits = [each for each in suggested if each["playbook_id"] == name]
        found.append(
            PlaybookFacts(
                claim=claims[name],
                validation=row,
                notes=Document(files[name]).body("Notes"),
                main=_of_playbook(trades, claims[name]),
                is_under_test=under_test,
                n_experiments=len(states),
                has_pending_edit=any(each["state"] == "pending" for each in edits),
                was_cancelled="cancelled" in states,
                put_aside="\n".join(each["suggested_text"] for each in edits if each["state"] == "rejected"),
            )
        )
    return tuple(found)


def why_no_research(held: Held) -> str | None:
    """Why no experiment can start in any session; None where one can."""
    budgets = [budget for _, budget in sorted(held.budgets.items())]
    if not budgets:
        return "no session with research money is known"
    if any(not budget.is_paused and not budget.is_insolvent for budget in budgets):
        return None
    paused = next((budget for budget in budgets if budget.is_paused), None)
    return f"research is paused: {paused.pause_reason}" if paused else "research has no cash left"


def main_trades(trades: pl.DataFrame, signals: pl.DataFrame, first: dt.date, last: dt.date) -> pl.DataFrame:
    """Closed main-budget trades of some days as they stand at the end of the last, with their signals' category.

    Parameters
    ----------
    trades, signals : DataFrame
        ``events.trades`` and ``events.signals`` up to ``last``.
    first, last : date
        Days of the close.

    Returns
    -------
    DataFrame
        One row per trade: ``playbook_id, strategy, pattern_key, symbol, category, pnl_usd``; what left by an emergency
        exit is left out, for that must work, not be tested.
    """
    told = Signals.newest(signals).select("signal_id", "category", "emergency_exit").unique("signal_id")
    newest = Trades.newest(trades).filter(pl.col("book") == MAIN, pl.col("closed_at").dt.date().is_between(first, last))
    joined = newest.join(told, on="signal_id", how="left")
    emergency = pl.col("emergency_exit").fill_null(value=False)  # who tells nothing of it means an ordinary trade
    for name in ("category", "exit_reason"):
        emergency |= pl.col(name).fill_null("").str.contains(_EMERGENCY)
    columns = ["trade_id", "playbook_id", "strategy", "pattern_key", "symbol", "category", "pnl_usd"]
    return joined.filter(~emergency).sort("trade_id").select(columns)


def _of_playbook(trades: pl.DataFrame, claim: Claim) -> MainTrades:
    """Trades that say they follow it; of those that say nothing, those it is about."""
    about = pl.col("pattern_key").is_in(claim.patterns) if claim.strategy == ANY_STRATEGY else None
    by_strategy = pl.col("strategy") == claim.strategy if about is None else about
    told = pl.col("playbook_id") == claim.playbook_id
    own = trades.filter(told | (pl.col("playbook_id").is_null() & by_strategy))
    words = (tuple(own[name].drop_nulls().unique().sort().to_list()) for name in ("symbol", "category"))
    return MainTrades(own.height, int((own["pnl_usd"] > 0).sum()), *words)
