"""What a report is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.shadow.settings import ShadowSettings


@dataclass(frozen=True)
class Facts:
    """Frames of the published tables and the settings in force.

    Attributes
    ----------
    guards : DataFrame
        ``analysis.guard_effectiveness`` of the window as of its day.
    costs : DataFrame
        ``analysis.opportunity_cost`` of the window's length, every as_of, oldest first.
    trades : DataFrame
        ``book, trade_id, closed_at, pnl_usd`` of closed trades, oldest first.
    leaderboard, decay : DataFrame or None
        ``analysis.strategy_leaderboard`` and ``analysis.signal_decay`` of the window as of its day; None where the
        warehouse has no such table.
    what_if, swaps, edge, missed, calibration, guard_value, unrecorded : DataFrame or None
        ``analysis.what_if``, ``swap_sets``, ``edge_decay``, ``missed_opportunities``, ``calibration``,
        ``guard_value`` and ``unrecorded_guards`` of the window as of its day; None likewise.
    allocation, timeframe_roi : DataFrame or None
        ``allocation.timeframe_allocation`` up to the window's day and ``timeframe_roi`` as of it; None likewise.
    book_pnl, risk, blocks, experiment_pnl : DataFrame or None
        ``books.pnl``, ``risk`` and ``blocks`` up to the window's day, ``experiment_pnl`` as of it; None likewise.
    validation : DataFrame or None
        ``playbooks.validation`` as of the window's day; None likewise.
    deployments, evaluations : DataFrame or None
        ``rollout.deployments`` that stand, active and in shadow, and the newest of ``models.evaluations`` of each
        artifact; None likewise.
    records : list of dict or None
        `models.comparison.records` as of the window's day; None likewise.
    drift, alerts : DataFrame or None
        ``drift.scores`` as of the window's day and ``drift.alerts``, newest first; None likewise.
    pairs : DataFrame or None
        `analysis.calibration_pairs` as of the window's day.
    proposals : DataFrame or None
        ``analysis.proposals``, newest first; None likewise.
    overrides : DataFrame or None
        ``overrides.overrides``, one row per override: ``change`` in words, counts, p, state; None likewise.
    tested : DataFrame or None
        One row: ``as_of`` of the last test of lessons, ``n`` tested, ``n_small`` with p <= .05, ``n_passed`` with
        q <= .05; None likewise.
    pending : DataFrame
        ``decision, n, oldest``: outcomes still open as of the newest day, of all books.
    unlabelled : DataFrame
        ``reason, n``: decisions that cannot be simulated, all days.
    unmatched : DataFrame
        ``type, n``: events that name a signal which has not arrived.
    quarantine : DataFrame
        ``file, line_no, reason_code, detail``: refused lines, all deliveries.
    delivered : DataFrame
        One row ``n_files, n_lines, n_duplicate, n_incomplete``: all deliveries.
    spreads : DataFrame
        ``spread_model, n``: how the decisions of the window say that their spread was had; null where they do not.
    spread_unknown : int
        Outcomes whose spread was unknown and taken as 0, all days.
    policies : list of str
        Fingerprints of the execution policies of all outcomes.
    shadow, analysis
        Settings as they stand now.
    """

    guards: pl.DataFrame
    costs: pl.DataFrame
    trades: pl.DataFrame
    leaderboard: pl.DataFrame | None
    decay: pl.DataFrame | None
    what_if: pl.DataFrame | None
    swaps: pl.DataFrame | None
    edge: pl.DataFrame | None
    missed: pl.DataFrame | None
    calibration: pl.DataFrame | None
    guard_value: pl.DataFrame | None
    unrecorded: pl.DataFrame | None
    allocation: pl.DataFrame | None
    timeframe_roi: pl.DataFrame | None
    book_pnl: pl.DataFrame | None
    risk: pl.DataFrame | None
    blocks: pl.DataFrame | None
    experiment_pnl: pl.DataFrame | None
    validation: pl.DataFrame | None
    deployments: pl.DataFrame | None
    evaluations: pl.DataFrame | None
    records: list[dict[str, Any]] | None
    drift: pl.DataFrame | None
    alerts: pl.DataFrame | None
    pairs: pl.DataFrame | None
    proposals: pl.DataFrame | None
    overrides: pl.DataFrame | None
    tested: pl.DataFrame | None
    pending: pl.DataFrame
    unlabelled: pl.DataFrame
    unmatched: pl.DataFrame
    quarantine: pl.DataFrame
    delivered: pl.DataFrame
    spreads: pl.DataFrame
    spread_unknown: int
    policies: list[str]
    shadow: ShadowSettings
    analysis: AnalysisSettings
