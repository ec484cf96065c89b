"""The gates of the bot: every one is measured on every signal, whatever the others say."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from learning_pipeline.paper.settings import PaperSettings

OPS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt}


@dataclass(frozen=True)
class Rule:
    """One gate: it passes where the measured value ``op`` the setting ``limit``; ``words`` say why it did not."""

    name: str
    op: str
    limit: str
    words: str


RULES = (
    Rule("volatility_guard", "<=", "volatility_max", "Current vol {value:.4f} > Max {threshold:.4f}"),
    Rule("spread_guard", "<=", "spread_max_bps", "Spread {value:.2f} bps > Max {threshold:.2f} bps"),
    Rule("max_open_positions", "<", "max_open_positions", "{value:.0f} positions open >= Limit {threshold:.0f}"),
    Rule("ts", ">=", "ts_min", "Trend strength {value:.3f} < Min {threshold:.3f}"),
    Rule("halo", "<=", "halo_max", "Distance from EMA {value:.2f} ATR > Max {threshold:.2f} ATR"),
    Rule("slope", ">=", "slope_min", "EMA slope {value:.5f} per bar < Min {threshold:.5f} per bar"),
)
"""In the order in which the bot names a blocker: guards first, then entry thresholds."""


def judge(measured: Mapping[str, float], settings: PaperSettings) -> list[dict[str, Any]]:
    """Every gate with value, threshold, op and whether it passed, in the order of ``RULES``.

    Parameters
    ----------
    measured : mapping
        Value of each gate by name, all known at the signal's instant.
    """
    return [_verdict(rule, float(measured[rule.name]), float(getattr(settings, rule.limit))) for rule in RULES]


def first_failure(gates: list[dict[str, Any]]) -> tuple[str, str] | None:
    """Name of the first gate that failed and why, in words; None where all passed."""
    for rule, gate in zip(RULES, gates, strict=True):
        if not gate["passed"]:
            return rule.name, rule.words.format(**gate)
    return None


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
