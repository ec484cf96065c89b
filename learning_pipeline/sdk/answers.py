"""From published rows to the names under which the learning engine tells them."""

from __future__ import annotations

from typing import Any

from learning_pipeline.analysis.what_if.scenario import snake_case

Row = dict[str, Any]
ALL = "*"
INTERVAL = {"ci_low": "ci_low_usd", "ci_high": "ci_high_usd"}
COST = {
    "missed_profit": "missed_profit_usd",
    "avoided_loss": "avoided_loss_usd",
    "net_opportunity_cost": "net_opportunity_cost_usd",
    **INTERVAL,
}
GUARD = ("verdict", "basis", "q_value", "n_blocked", "n_marginal", "n_pending", "n_unlabelled", "n_unknown")
TOTALS = {"n": "n", "win_rate": "win_rate", "total_pnl": "total_pnl_usd", **INTERVAL, "n_pending": "n_pending"}
LISTS = {"saves": "effective_guards", "costs": "ineffective_guards", "inconclusive": "inconclusive_guards"}
KEYS = {"day", "as_of", "window_days"}


def blocking(rows: list[Row]) -> Row:
    """Blocked opportunity cost: one row of ``analysis.opportunity_cost``."""
    (row,) = rows
    counts = ("n_blocked", "n_settled", "n_pending", "n_unlabelled")
    return {name: row[column] for name, column in COST.items()} | {name: row[name] for name in counts}


def bias(rows: list[Row]) -> Row:
    """Real minus simulated net PnL of approved decisions that have both; None where nothing can be compared."""
    for row in rows:
        if row["strategy"] == ALL and row["n"]:
            return {"n": row["n"], "bias": row["bias_usd"]} | {name: row[column] for name, column in INTERVAL.items()}
    return {"n": 0, "bias": None, "ci_low": None, "ci_high": None}


def by_verdict(rows: list[Row]) -> dict[str, list[Row]]:
    """Guards by verdict, the largest saving or cost first, then by name.

    ``net_saved`` and ``net_cost`` are of the quantity in ``basis``, with its interval; None where nothing settled.
    """
    guards = sorted((_guard(row) for row in rows), key=lambda g: (-abs(g["net_saved"] or 0.0), g["guard"]))
    return {name: [_told(g) for g in guards if g["verdict"] == verdict] for verdict, name in LISTS.items()}


def _guard(row: Row) -> Row:
    saved = row["basis_net_saved_usd"] if row["n_marginal"] else None
    interval = {name: row[column] for name, column in INTERVAL.items()}
    return {"guard": row["guard"], "net_saved": saved, **interval, **{name: row[name] for name in GUARD}}


def _told(guard: Row) -> Row:
    """A guard that costs tells its cost, with the interval of the cost."""
    if guard["verdict"] != "costs":
        return guard
    cost = {"net_cost": -guard["net_saved"], "ci_low": -guard["ci_high"], "ci_high": -guard["ci_low"]}
    return {name: value for name, value in (guard | cost).items() if name != "net_saved"}


def what_if(guards: list[Row], scenarios: list[Row]) -> dict[str, Row]:
    """Every guard disabled, as ``no_`` and its name in snake case, and every scenario of the settings."""
    disabled = {f"no_{snake_case(row['guard'])}": _disabled(row) for row in guards}
    asked: dict[str, Row] = {}
    for row in scenarios:
        asked.setdefault(row["scenario"], {})[row["mode"]] = {k: v for k, v in row.items() if k not in KEYS}
    unseen = {name: _unseen(modes) for name, modes in asked.items() if name.startswith("no_")}
    told = unseen | disabled
    return {name: told.get(name, {}) | asked.get(name, {}) for name in sorted(told | asked)}


def _disabled(guard: Row) -> Row:
    """Net PnL of what the guard alone blocked; None, within bounds, where its fellow blockers were not recorded."""
    saved = guard["marginal_net_saved_usd"]
    is_exact = saved is not None and guard["ci_low_usd"] is not None
    return {
        "guard": guard["guard"],
        "net_pnl_if_disabled": None if saved is None else -saved,
        "lower_bound": -guard["marginal_high_usd"],
        "upper_bound": -guard["marginal_low_usd"],
        "ci_low": -guard["ci_high_usd"] if is_exact else None,
        "ci_high": -guard["ci_low_usd"] if is_exact else None,
    }


def _unseen(modes: dict[str, Row]) -> Row:
    """Of a guard that a scenario disables, but that blocked nothing in the window."""
    return {"net_pnl_if_disabled": modes["unconstrained"]["delta_usd"]}


def leaderboard(rows: list[Row], *, everything: bool = False) -> dict[str, Row]:
    """Real totals by strategy, those of the shadow inside; best real net PnL first. ``everything``: `*` too."""
    kinds: dict[str, dict[str, Row]] = {}
    for row in rows:
        kinds.setdefault(row["strategy"], {})[row["kind"]] = {name: row[column] for name, column in TOTALS.items()}
    told = {name: both["real"] | {"shadow": both["shadow"]} for name, both in kinds.items()}
    best_first = sorted(told, key=lambda name: (-told[name]["total_pnl"], name))
    return {name: told[name] for name in best_first if everything or name != ALL}


def strategies(rows: list[Row]) -> Row:
    """The leaderboard with the strategy that really earned most; None where none closed a trade."""
    board = leaderboard(rows)
    return {"top_strategy": next((name for name, stats in board.items() if stats["n"]), None), "strategies": board}


def decay(rows: list[Row]) -> Row:
    """Signal decay of all strategies, seconds; by strategy inside."""
    told = {row["strategy"]: {k: v for k, v in row.items() if k not in KEYS | {"strategy"}} for row in rows}
    return told.pop(ALL) | {"strategies": told}


def missed(rows: list[Row]) -> dict[str, Row]:
    """Signals that nobody took, by answer (``expired``, ``cancelled``): of all strategies; by strategy inside."""
    told: dict[str, Row] = {}
    for row in rows:
        facts = {_plain(name): value for name, value in row.items() if name not in KEYS | {"decision", "strategy"}}
        strategies_of = told.setdefault(row["decision"], {"strategies": {}})["strategies"]
        strategies_of[row["strategy"]] = facts
    return {answer: both["strategies"].pop(ALL) | both for answer, both in told.items()}


def _plain(name: str) -> str:
    """The seed's names carry no unit: money is quote money."""
    return name.removesuffix("_usd")
