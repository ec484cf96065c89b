"""The journals of the strategies with what a signal of theirs would have earned later, or when it was made."""

from __future__ import annotations

import polars as pl

from learning_pipeline.analysis import AnalysisSettings, edge_decay, missed_opportunities
from learning_pipeline.events.decisions import NEVER_DECIDED
from learning_pipeline.events.tables import Decisions
from learning_pipeline.shadow.tables import DelayedOutcomes, MissedOutcomes, Outcomes
from learning_pipeline_tests.analysis.rows import Row, day
from learning_pipeline_tests.analysis.strategies.books import Journal

DELAYS = [1, 3]
WORDS = ["hit_stop", "hit_target", "ttl_expired", "hit_1r"]


def answers(journal: Journal) -> list[Row]:
    """Its decisions with a timeframe; every third signal was never decided on."""
    never = {"reason": NEVER_DECIDED}
    return [
        {"timeframe": "4h" if _number(d) % 2 else "1h"} | d | (never if _number(d) % 3 == 0 else {})
        for d in journal.decisions
    ]


def trades(journal: Journal) -> list[Row]:
    """Its outcomes with a word, net R, and ``later``: net PnL at each delay, None where it is over by then."""
    return [o | _traded(o) for o in journal.outcomes]


def _traded(o: Row) -> Row:
    pnl, k = o["net_pnl_usd"], _number(o) + o["day"].toordinal()
    if pnl is None:
        return {"net_r": None, "later": None}
    later = [[pnl - 0.3, 0.7 * pnl], [pnl + 0.1, None], [None, None]][k % 3]
    return {"outcome": WORDS[k % 4], "net_r": pnl / 7, "later": later}


def _number(row: Row) -> int:
    return int(row["signal_id"][1:])


def missed(journal: Journal, as_ofs: list[int], *windows: int) -> pl.DataFrame:
    """Its outcomes are those of the signals as made."""
    made = MissedOutcomes.frame([{k: v for k, v in o.items() if k != "later"} for o in trades(journal)])
    asked = AnalysisSettings(windows=windows)
    return missed_opportunities(Decisions.frame(answers(journal)), made, [day(k) for k in as_ofs], asked)


def edge(journal: Journal, as_ofs: list[int], *windows: int, delays: tuple[int, ...] = (1, 3)) -> pl.DataFrame:
    rows = trades(journal)
    outcomes = Outcomes.frame([{k: v for k, v in o.items() if k != "later"} for o in rows])
    delayed = DelayedOutcomes.frame([_delayed(o) for o in rows if o["later"]])
    asked, days = AnalysisSettings(windows=windows), [day(k) for k in as_ofs]
    return edge_decay(Decisions.frame(answers(journal)), outcomes, delayed, delays, days, asked)


def _delayed(o: Row) -> Row:
    of = {name: o[name] for name in ("day", "signal_id", "decided_at", "known_at")}
    in_r = [None if pnl is None else pnl / 7 for pnl in o["later"]]
    entry = [None if pnl is None else 100.0 for pnl in o["later"]]
    return of | {"delay_bars": DELAYS, "entry_price": entry, "net_pnl_usd": o["later"], "net_r": in_r}
