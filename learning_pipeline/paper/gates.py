"""The gates of the bot: every one that applies is measured on every signal, whatever the others say."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
WORDS = {rule.name: rule.words for rule in RULES}


def judge(measured: Mapping[str, float], pattern_key: str, settings: PaperSettings) -> list[dict[str, Any]]:
    """Every gate that applies, with value, threshold, op and whether it passed, in the order of ``RULES``.

    Parameters
    ----------
    measured : mapping
        Value of each gate by name, all known at the signal's instant.
    pattern_key : str
        Says by its stage which gates apply.
    """
    stage = stage_of(pattern_key)
    applying = [rule for rule in RULES if rule.stage in {None, stage}]
    return [_verdict(rule, float(measured[rule.name]), float(getattr(settings, rule.limit))) for rule in applying]


def first_failure(gates: list[dict[str, Any]]) -> tuple[str, str] | None:
    """Name of the first gate that failed and why, in words; None where all passed."""
    failed = (gate for gate in gates if not gate["passed"])
    first = next(failed, None)
    return None if first is None else (first["name"], WORDS[first["name"]].format(**first))


def _verdict(rule: Rule, value: float, threshold: float) -> dict[str, Any]:
    return {
        "name": rule.name,
        "passed": OPS[rule.op](value, threshold),
        "value": value,
        "threshold": threshold,
        "base_threshold": threshold,
        "op": rule.op,
        "evaluated": True,
    }
