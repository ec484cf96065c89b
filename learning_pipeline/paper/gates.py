"""The gates of the bot: every one that applies is measured on every signal, whatever the others say."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from learning_pipeline.overrides import Applied
from learning_pipeline.paper.patterns import stage_of
from learning_pipeline.paper.settings import PaperSettings

OPS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt}


@dataclass(frozen=True)
class Rule:
    """One gate: it passes where the measured value ``op`` the setting ``limit``; ``words`` say why it did not.

    A rule with a ``stage`` exists for signals of that stage only; for others there is no such gate.
    """

    name: str
    op: str
    limit: str
    words: str
    stage: str | None = None


RULES = (
    Rule("volatility_guard", "<=", "volatility_max", "Current vol {value:.4f} > Max {threshold:.4f}"),
    Rule("spread_guard", "<=", "spread_max_bps", "Spread {value:.2f} bps > Max {threshold:.2f} bps"),
    Rule("roi_threshold", ">=", "roi_min", "Expected roi {value:.5f} < Min {threshold:.5f}"),
    Rule("cooldown", ">=", "cooldown_minutes", "Only {value:.0f} min since the last loss < Wait {threshold:.0f} min"),
    Rule("drawdown_guard", "<=", "drawdown_max", "Equity {value:.4f} below its peak > Max {threshold:.4f}"),
    Rule("max_open_positions", "<", "max_open_positions", "{value:.0f} positions open >= Limit {threshold:.0f}"),
    Rule("ts", ">=", "ts_min", "Trend strength {value:.3f} < Min {threshold:.3f}"),
    Rule("halo", "<=", "halo_max", "Distance from EMA {value:.2f} ATR > Max {threshold:.2f} ATR"),
    Rule("slope", ">=", "slope_min", "EMA slope {value:.5f} per bar < Min {threshold:.5f} per bar"),
    Rule("dx", ">=", "dx_min", "Directional index {value:.1f} < Min {threshold:.1f}", stage="S3"),
)
"""In the order in which the bot names a blocker: guards first, then entry thresholds."""
BY_NAME = {rule.name: rule for rule in RULES}


def own_limits(pattern_key: str, settings: PaperSettings) -> dict[str, float]:
    """The bot's own limit of every gate that applies, in the order of ``RULES``; the stage in the key says which do."""
    stage = stage_of(pattern_key)
    return {rule.name: float(getattr(settings, rule.limit)) for rule in RULES if rule.stage in {None, stage}}


def judge(measured: Mapping[str, float], limits: Mapping[str, Applied]) -> list[dict[str, Any]]:
    """Every gate that applies, with value, limits, op and whether it passed, in the order of ``limits``.

    A gate that an override drops is measured and recorded too: it passes, without a ``threshold``.

    Parameters
    ----------
    measured : mapping
        Value of each gate by name, all known at the signal's instant.
    limits : mapping
        Limits in force by gate, as ``overrides.apply`` gives them.
    """
    return [_verdict(BY_NAME[gate], float(measured[gate]), limit) for gate, limit in limits.items()]


def first_failure(gates: list[dict[str, Any]]) -> tuple[str, str] | None:
    """Name of the first gate that failed and why, in words; None where all passed."""
    failed = (gate for gate in gates if not gate["passed"])
    first = next(failed, None)
    return None if first is None else (first["name"], BY_NAME[first["name"]].words.format(**first))


def _verdict(rule: Rule, value: float, limit: Applied) -> dict[str, Any]:
    stands = limit.threshold is None or OPS[rule.op](value, limit.threshold)
    base = {"base_threshold": limit.base_threshold, "op": rule.op, "evaluated": True}
    told = {"threshold": limit.threshold, "override_id": limit.override_id}
    kept = {name: known for name, known in told.items() if known is not None}
    return {"name": rule.name, "passed": stands, "value": value} | kept | base
