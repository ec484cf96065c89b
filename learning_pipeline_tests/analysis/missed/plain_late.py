"""Both tables once more, slowly: one as_of, one window, plain loops."""

from __future__ import annotations

import datetime as dt

from learning_pipeline_tests.analysis.missed import late
from learning_pipeline_tests.analysis.plain import interval
from learning_pipeline_tests.analysis.rows import Row
from learning_pipeline_tests.analysis.strategies.books import Journal
from learning_pipeline_tests.analysis.strategies.plain_books import cohort, known, newest

SECONDS = {"1h": 3600, "4h": 14400}


def seen_by(journal: Journal, as_of: dt.date) -> Journal:
    return known(journal._replace(decisions=late.answers(journal), outcomes=late.trades(journal)), as_of)


def missed_rows(journal: Journal, as_of: dt.date, window: int) -> list[Row]:
    seen = seen_by(journal, as_of)
    made = newest(seen.outcomes, "signal_id", "known_at")
    rows = [d | {"pnl": _pnl(made.get(d["signal_id"]))} for d in cohort(seen, as_of, window)]
    found = []
    for word in ("cancelled", "expired"):
        of_word = [row for row in rows if row["decision"] == word]
        names = sorted({row["strategy"] for row in of_word} | {"*"})
        found += [{"decision": word, "strategy": s} | _missed(_of(of_word, s), window) for s in names]
    return found


def edge_rows(journal: Journal, as_of: dt.date, window: int) -> list[Row]:
    seen = seen_by(journal, as_of)
    newest_of = newest(seen.outcomes, "signal_id", "known_at")
    rows = []
    for d in cohort(seen, as_of, window):
        o = newest_of.get(d["signal_id"])
        if d["decision"] in ("approved", "blocked"):
            mine = o if o is not None and o["decided_at"] == d["decided_at"] else None
            rows.append(d | {"pnl": _pnl(mine), "word": mine and mine["outcome"], "later": mine and mine["later"]})
    names = sorted({row["strategy"] for row in rows} | {"*"})
    return [{"strategy": s, "delay_bars": d} | _edge(_of(rows, s), d, window) for s in names for d in [0, *late.DELAYS]]


def _pnl(o: Row | None) -> float | str | None:
    return "open" if o is None else o["net_pnl_usd"]


def _of(rows: list[Row], strategy: str) -> list[Row]:
    return [row for row in rows if strategy in ("*", row["strategy"])]


def _missed(rows: list[Row], window: int) -> Row:
    settled = [row for row in rows if isinstance(row["pnl"], float)]
    low, high, _ = interval(settled, window, +1)
    return {
        "n": len(rows),
        "n_never_decided": sum(row.get("reason") == "never_decided" for row in rows),
        "n_settled": len(settled),
        "n_pending": sum(row["pnl"] == "open" for row in rows),
        "n_unlabelled": sum(row["pnl"] is None for row in rows),
        "win_rate": sum(row["pnl"] > 0 for row in settled) / len(settled) if settled else None,
        "missed_profit_usd": sum((row["pnl"] for row in settled if row["pnl"] > 0), 0.0),
        "avoided_loss_usd": sum((-row["pnl"] for row in settled if row["pnl"] < 0), 0.0),
        "net_pnl_usd": sum((row["pnl"] for row in settled), 0.0),
        "ci_low_usd": low,
        "ci_high_usd": high,
    }


def _edge(rows: list[Row], delay: int, window: int) -> Row:
    settled = [row for row in rows if isinstance(row["pnl"], float)]
    results = [row["pnl"] if delay == 0 else row["later"][late.DELAYS.index(delay)] for row in settled]
    entered = [row | {"pnl": x or 0.0} for row, x in zip(settled, results, strict=True)]
    cost = [row | {"pnl": row["pnl"] - (x or 0.0)} for row, x in zip(settled, results, strict=True)]
    over = [row["word"] for row, x in zip(settled, results, strict=True) if x is None]
    (low, high, _), (cost_low, cost_high, _) = interval(entered, window, +1), interval(cost, window, +1)
    n, total = len(settled), sum((row["pnl"] for row in entered), 0.0)
    return {
        "delay_seconds": delay * sum(SECONDS[row["timeframe"]] for row in settled) / n if n else None,
        "n": n,
        "n_pending": sum(row["pnl"] == "open" for row in rows),
        "n_unlabelled": sum(row["pnl"] is None for row in rows),
        "n_enterable": n - len(over),
        "n_stop_passed": over.count("hit_stop"),
        "n_target_passed": over.count("hit_target") + over.count("hit_1r"),
        "enterable_share": (n - len(over)) / n if n else None,
        "mean_net_r": total / 7 / n if n else None,
        "mean_net_pnl_usd": total / n if n else None,
        "total_pnl_usd": total,
        "ci_low_usd": low,
        "ci_high_usd": high,
        "delay_cost_usd": sum((row["pnl"] for row in cost), 0.0),
        "cost_ci_low_usd": cost_low,
        "cost_ci_high_usd": cost_high,
    }
