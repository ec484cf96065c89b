"""What would end a proposal, in a sentence with its numbers."""

from __future__ import annotations

from typing import Any

MIN_DAYS = 10


def guard_words(row: dict[str, Any]) -> str:
    """Of a guard that costs money."""
    blocked = "alone blocked"
    if row["basis"] == "first_blocker":
        blocked = "was first to block (later guards may have blocked the same, so dropping it alone may gain less)"
    return (
        f"In {row['window_days']} days, what {row['guard']} {blocked} would have netted {_gain(row)}: "
        f"{row['n_changed']} decisions on {row['n_days']} days. Decisions of that kind that lose about "
        f"{row['ci_low_usd']:,.2f} USD would bring the interval to 0; the proposal is withdrawn when q over "
        f"{_many(row['n_trials'], 'guard')} exceeds 0.05 (now {row['q_value']:.3f}) or fewer than {MIN_DAYS} days "
        f"remain."
    )


def scenario_words(row: dict[str, Any]) -> str:
    """Of a scenario that pays."""
    return (
        f"In {row['window_days']} days, {row['scenario']} would have netted {_gain(row)} more, with "
        f"{_many(row['n_changed'], 'decision')} changed, and {row['capital_aware_delta_usd']:+,.2f} USD with limited "
        f"capital. The proposal is withdrawn when changed decisions that lose about {row['ci_low_usd']:,.2f} USD bring "
        f"the interval to 0, when q over {_many(row['n_trials'], 'scenario')} exceeds 0.05 (now "
        f"{row['q_value']:.3f}), or when nothing is gained with limited capital."
    )


def _gain(row: dict[str, Any]) -> str:
    interval = f"{row['ci_low_usd']:+,.2f} to {row['ci_high_usd']:+,.2f}"
    return f"{row['expected_delta_usd']:+,.2f} USD (95 % interval {interval})"


def _many(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
