"""Models: what is deployed, what it was found to be worth, and whether what it is given has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.reports.canvas import COSTS, INK, MUTED, UNSURE, WIDE, Drawing, ruled
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.words import count, interval, label, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Models"
MOST = 24
DEPLOYED = ("target", "state", "artifact", "since", "last evaluation")
RECORD = ("artifact", "role", "settled of scored", "taken", "net, USD", "95 % interval", "against the active one, USD")
DRIFT = ("model", "metric", "of", "n", "in training", "now", "distance", "matters from", "q", "alarm")
ALERTS = ("day", "kind", "model", "what")
RECORDED = (
    "Simulated net results of the decisions that a model would have taken, whatever the bot did; intervals: t on day "
    "totals."
)
ALARMED = (
    "A distance alarms where it is large enough to matter and not by chance (days of training and of now exchanged, "
    "Benjamini-Hochberg over the tests of the day) on several of the last days."
)


def models_section(facts: Facts) -> Section | None:
    """Deployments, evaluations, records, drift and alerts; None where no model was trained and none answers."""
    parts = (facts.deployments, facts.records, facts.drift, facts.alerts)
    if all(part is None or not len(part) for part in parts):
        return None
    grids = tuple(grid for grid in (_deployed(facts), _records(facts), _drift(facts), _alerts(facts)) if grid)
    says = _says(facts)
    picture = None
    if facts.drift is not None:
        caption = (
            "Distance of the newest decisions from the training, per feature (PSI); a bar that reaches the line is "
            "large enough to matter. Filled: an alarm stands."
        )
        picture = pictured(drift_drawing(facts.drift), "drift", says, caption)
    return Section("models", TITLE, (says,), picture, grids, _notes(facts))


def drift_drawing(drift: pl.DataFrame) -> Drawing | None:
    """PSI of each feature and of the predictions, the largest first; None without any.

    Parameters
    ----------
    drift : DataFrame
        ``drift.scores`` of one day.
    """
    rows = drift.filter(pl.col("metric") == "psi", pl.col("score").is_not_null())
    shown = rows.sort("score", "model", "feature", "target", descending=[True, False, False, False]).head(MOST)
    told = shown.to_dicts()[::-1]
    return Drawing(WIDE, 0.9 + 0.26 * len(told), lambda axes: _draw(axes, told)) if told else None


def _draw(axes: Axes, rows: list[dict[str, Any]]) -> None:
    ruled(axes, "x")
    n_models = len({row["model"] for row in rows})
    names = [label(row["feature"] if n_models == 1 else f"{row['feature']}, {row['model'][-8:]}") for row in rows]
    for place, row in enumerate(rows):
        colour = COSTS if row["is_alarm"] else UNSURE
        axes.barh(
            place, row["score"], color=colour, hatch="" if row["is_alarm"] else "///", edgecolor=INK, linewidth=0.4
        )
    axes.axvline(rows[0]["threshold"], color=MUTED, linestyle="--", linewidth=1.2)
    axes.set_yticks(range(len(rows)), names)
    axes.set_xlabel("PSI against the training")


def _says(facts: Facts) -> str:
    alarms = 0 if facts.drift is None else facts.drift.filter("is_alarm").height
    n = 0 if facts.deployments is None else facts.deployments.height
    deployed = f"{count(n, 'artifact is', 'artifacts are')} deployed" if n else "No model is deployed"
    return f"{deployed}; {count(alarms, 'alarm of drift stands', 'alarms of drift stand')}."


def _deployed(facts: Facts) -> Grid | None:
    if facts.deployments is None or facts.deployments.is_empty():
        return None
    evaluated = {} if facts.evaluations is None else {row["artifact_id"]: row for row in facts.evaluations.to_dicts()}
    rows = [
        (
            row["target"],
            row["state"],
            row["artifact_id"],
            _day(row["since"]),
            _evaluated(evaluated.get(row["artifact_id"])),
        )
        for row in facts.deployments.to_dicts()
    ]
    return Grid("Deployed now", DEPLOYED, rows)


def _evaluated(row: dict[str, Any] | None) -> str:
    if row is None:
        return "none"
    result = "passed" if row["passed"] else f"not passed: {row['reason'] or 'see its gates'}"
    return f"{row['pack_id']}, {_day(row['evaluated_at'])}: {result}"


def _records(facts: Facts) -> Grid | None:
    if not facts.records:
        return None
    rows = [
        (
            row["artifact_id"],
            row["role"],
            f"{row['n_settled']:,} of {row['n_scored']:,}",
            f"{row['n_taken']:,}",
            money(row["net_pnl_usd"]) if row["n_settled"] else "none settled",
            interval(row["ci_low_usd"], row["ci_high_usd"]) or "none: too few days",
            _ahead(row),
        )
        for row in facts.records
    ]
    return Grid("What each would have earned", RECORD, rows, frozenset(RECORD[2:]))


def _ahead(row: dict[str, Any]) -> str:
    if row["ahead_usd"] is None:
        return "none: no decision in common" if row["role"] == "shadow" else ""
    reach = interval(row["ahead_low_usd"], row["ahead_high_usd"]) or "no interval"
    return f"{money(row['ahead_usd'])} ({reach}; {count(row['n_common'], 'decision')})"


def _drift(facts: Facts) -> Grid | None:
    if facts.drift is None or facts.drift.is_empty():
        return None
    excess = (pl.col("score") / pl.col("threshold")).fill_null(-1.0)
    by = ["model", "metric", "feature", "target"]
    worst = facts.drift.sort(excess, *by, descending=[True] + [False] * len(by)).head(MOST)
    rows = [
        (
            row["model"],
            row["metric"].replace("_", " "),
            "all" if row["feature"] == "*" else row["feature"],
            f"{row['n']:,}" + (f", {row['n_pending']:,} pending" if row["n_pending"] else ""),
            _number(row["reference_value"]),
            _number(row["current_value"]),
            _number(row["score"]) or "too few",
            _number(row["threshold"]),
            _number(row["q_value"]),
            "yes" if row["is_alarm"] else "",
        )
        for row in worst.to_dicts()
    ]
    return Grid(
        f"Drift, the {count(len(rows), 'largest distance')} of {facts.drift.height:,}",
        DRIFT,
        rows,
        frozenset(DRIFT[3:]),
    )


def _alerts(facts: Facts) -> Grid | None:
    if facts.alerts is None or facts.alerts.is_empty():
        return None
    rows = [
        (row["as_of"].isoformat(), row["kind"].replace("_", " "), row["model"], row["detail"])
        for row in facts.alerts.head(MOST).to_dicts()
    ]
    return Grid("Alerts, newest first", ALERTS, rows)


def _notes(facts: Facts) -> tuple[str, ...]:
    told = [RECORDED] if facts.records else []
    return (*told, ALARMED) if facts.drift is not None and not facts.drift.is_empty() else tuple(told)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _day(at: Any) -> str:
    return f"{at:%Y-%m-%d}"
