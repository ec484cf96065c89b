"""A small world with figures worked out by hand: three guards, five trades in two books, ten days."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from typing import Any

import polars as pl

from learning_pipeline.analysis.guards.tables import GuardEffectiveness, OpportunityCost
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.reports import Facts, Window
from learning_pipeline.shadow.settings import ShadowSettings

AS_OF = dt.date(2024, 3, 10)
WINDOW = Window(AS_OF, 10)
EMPTY = {
    "trades": pl.DataFrame(
        schema={
            "book": pl.String,
            "trade_id": pl.String,
            "closed_at": pl.Datetime("us", "UTC"),
            "pnl_usd": pl.Float64,
        }
    ),
    "pending": pl.DataFrame(schema={"decision": pl.String, "n": pl.Int64, "oldest": pl.Date}),
    "unlabelled": pl.DataFrame(schema={"reason": pl.String, "n": pl.Int64}),
    "unmatched": pl.DataFrame(schema={"type": pl.String, "n": pl.Int64}),
    "quarantine": pl.DataFrame(
        schema={"file": pl.String, "line_no": pl.Int64, "reason_code": pl.String, "detail": pl.String}
    ),
    "delivered": pl.DataFrame({"n_files": [0], "n_lines": [0], "n_duplicate": [0], "n_incomplete": [0]}),
    "spreads": pl.DataFrame(schema={"spread_model": pl.String, "n": pl.Int64}),
}
NOTHING: dict[str, Any] = {
    "guards": GuardEffectiveness.frame(),
    "costs": OpportunityCost.frame(),
    **EMPTY,
    **dict.fromkeys(["leaderboard", "decay", "what_if", "swaps", "edge", "missed"]),
    **dict.fromkeys(["deployments", "evaluations", "records", "drift", "alerts"]),
    **dict.fromkeys(
        ["calibration", "guard_value", "unrecorded", "pairs", "proposals", "overrides", "tested", "validation"]
    ),
    **dict.fromkeys(["allocation", "timeframe_roi"]),
    **dict.fromkeys(["book_pnl", "risk", "blocks", "experiment_pnl"]),
    "spread_unknown": 0,
    "policies": [],
    "shadow": ShadowSettings(),
    "analysis": AnalysisSettings(),
}


def guard(name: str, verdict: str = "inconclusive", saved: float = 0.0, **more: Any) -> dict[str, Any]:
    """A row of ``analysis.guard_effectiveness``."""
    row = {"guard": name, "verdict": verdict, "basis_net_saved_usd": saved, "marginal_net_saved_usd": saved}
    row |= {"day": AS_OF, "as_of": AS_OF, "window_days": 10, "basis": "marginal"}
    counts = dict.fromkeys(["n_blocked", "n_marginal", "n_pending", "n_unlabelled", "n_unknown", "n_clusters"], 0)
    money = dict.fromkeys(
        ["missed_profit_usd", "avoided_loss_usd", "net_saved_usd", "net_saved_roi", "shapley_usd"], 0.0
    )
    bounds = {"marginal_low_usd": saved, "marginal_high_usd": saved}
    return {**row, **counts, **money, **bounds, **more}


def cost(as_of: dt.date, net: float, low: float | None, high: float | None, **more: Any) -> dict[str, Any]:
    """A row of ``analysis.opportunity_cost``."""
    row = {"day": as_of, "as_of": as_of, "window_days": 10, "net_opportunity_cost_usd": net}
    row |= {"missed_profit_usd": 0.0, "avoided_loss_usd": 0.0, "ci_low_usd": low, "ci_high_usd": high}
    return {**row, "n_blocked": 0, "n_settled": 0, "n_pending": 0, "n_unlabelled": 0, **more}


GUARDS = [
    guard("ts", "saves", 300.0, ci_low_usd=120.0, ci_high_usd=480.0, q_value=0.01, n_blocked=31, n_marginal=30,
          n_clusters=10, n_pending=1, net_saved_usd=310.0, shapley_usd=305.0),
    guard("halo", "costs", -45.5, ci_low_usd=-80.0, ci_high_usd=-11.0, q_value=0.02, n_blocked=12, n_marginal=12,
          n_clusters=10),
    guard("chain", "inconclusive", 12.0, ci_low_usd=-40.0, ci_high_usd=64.0, q_value=0.7, n_blocked=4, n_marginal=4,
          n_clusters=3, n_unknown=4, basis="first_blocker", marginal_low_usd=-25.0, marginal_high_usd=37.0),
    guard("idle", n_blocked=2),
]  # fmt: skip
COSTS = [
    cost(AS_OF - dt.timedelta(days=1), -100.0, -300.0, 100.0),
    cost(AS_OF, -286.5, -500.0, -73.0, missed_profit_usd=213.5, avoided_loss_usd=500.0, n_blocked=49, n_settled=46,
         n_pending=2, n_unlabelled=1),
]  # fmt: skip
TRADES = [
    ("profit", "a", dt.datetime(2024, 2, 1, 12, tzinfo=dt.UTC), 100.0),
    ("profit", "b", dt.datetime(2024, 3, 2, 12, tzinfo=dt.UTC), -150.0),
    ("profit", "c", dt.datetime(2024, 3, 2, 13, tzinfo=dt.UTC), 20.0),
    ("profit", "d", dt.datetime(2024, 3, 9, 12, tzinfo=dt.UTC), 90.0),
    ("learning", "e", dt.datetime(2024, 3, 9, 12, tzinfo=dt.UTC), -7.25),
]
"""Profit book at ends of days: +100, -30, +60, so the deepest fall is 130; within the window -130 + 90 = -40."""


def small_world(**more: Any) -> Facts:
    """Facts of the world above, with what a test wants otherwise."""
    facts = {
        **NOTHING,
        "guards": GuardEffectiveness.checked(GuardEffectiveness.frame(GUARDS)),
        "costs": OpportunityCost.checked(OpportunityCost.frame(COSTS)),
        "trades": pl.DataFrame(TRADES, schema=EMPTY["trades"].schema, orient="row"),
        "pending": pl.DataFrame({"decision": ["blocked"], "n": [2], "oldest": [AS_OF]}),
        "unlabelled": pl.DataFrame({"reason": ["no_bars"], "n": [1]}),
        "unmatched": pl.DataFrame({"type": ["fill"], "n": [3]}),
        "quarantine": pl.DataFrame(
            {"file": ["bot.jsonl"], "line_no": [7], "reason_code": ["naive_time"], "detail": ["expected an offset"]}
        ),
        "delivered": pl.DataFrame({"n_files": [2], "n_lines": [1234], "n_duplicate": [5], "n_incomplete": [0]}),
        "policies": [ShadowSettings().policy_hash()],
    }
    return Facts(**{**facts, **more})


VOID = {"meta", "br", "hr", "img", "link", "input"}
"""Tags that nothing closes."""


class Page(HTMLParser):
    """What a browser would see: rows of cells, text, tags that were opened and not closed, ids, attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td" or (tag == "th" and ("scope", "row") in attrs):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data
        if self.open and self.open[-1] in {"td", "th"} and self.rows[-1]:
            self.rows[-1][-1] += data

    def row(self, first: str, n_cells: int) -> list[str]:
        """The one row that starts so and is that long."""
        (found,) = [row for row in self.rows if row[:1] == [first] and len(row) == n_cells]
        return found[1:]
