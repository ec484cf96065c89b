"""A playbook's evidence as words that a trader reads; every number comes from ``playbooks.validation``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from learning_pipeline.playbooks.edit import Words
from learning_pipeline.playbooks.looks import LEVELS
from learning_pipeline.playbooks.quoting import plain, quoted

Row = dict[str, Any]

SHARED = "(those held on one day share its market)"
WIDTH = 118
UNITS = {"win_rate": "win rate", "avg_r": "average R"}
CLOSING = (
    "These figures come from the table playbooks.validation. Learning Pipeline writes this section anew whenever they "
    "change: keep words of your own in the other sections."
)


def evidence_card(row: Row, notes: Iterable[Words] = ()) -> str:
    """Body of the section ``## Validation Evidence``.

    Parameters
    ----------
    row : dict
        The playbook's newest row of ``playbooks.validation``, with at least one trade.
    notes : iterable of Words
        What judges said of it, made plain.

    Returns
    -------
    str
        Markdown; the last block is a plain paragraph.
    """
    said = "\n\n".join(words.note for words in notes)
    paragraphs = [_wrapped(_verdict(row)), _figures(row), _wrapped(_change(row)), quoted(said) if said else ""]
    return "\n\n".join([*filter(None, paragraphs), _wrapped(CLOSING)])


def metric_words(row: Mapping[str, Any]) -> str:
    """What the newest look measured, and what was claimed."""
    found = f"{UNITS[row['metric']]} {_value(row, 'look_value')} over the first {row['look_n']:,} trades"
    return f"{found}, claimed is more than {_value(row, 'threshold')}"


def unwritten(validation: pl.DataFrame, least: int, *, is_asked: bool) -> dict[str, str]:
    """Why some playbooks' evidence is not written into their files, by id; the others' is.

    Parameters
    ----------
    validation : DataFrame
        ``playbooks.validation`` of one day.
    least : int
        Closed trades from which on it is written.
    is_asked : bool
        Whether evidence is to be written at all.
    """
    few = pl.format("{} trades, it is written from {} on", "n_trades", pl.lit(least))
    why = pl.lit("research_auto_aggregate is off") if not is_asked else pl.when(pl.col("n_trades") < least).then(few)
    return dict(validation.select("playbook_id", why=why).drop_nulls().iter_rows())


def _verdict(row: Row) -> str:
    n, least = row["n_trades"], row["min_sample_size"]
    as_of = f"as of {row['unchanged_since']} (UTC)"
    if row["look_n"] is None:
        return (
            f"**Not enough data** {as_of}: {_trades(n)} closed, the first verdict needs {least:,}. "
            "Below sample size: these figures may still be luck."
        )
    sure = f"{1 - row['look_level']:.4%}".rstrip("0%").rstrip(".")
    meaning = {
        "validated": f"at least {_value(row, 'look_low')}, {sure} % sure",
        "refuted": f"at most {_value(row, 'look_high')}, {sure} % sure",
        "inconclusive": "neither above nor below for sure",
    }[row["status"]]
    return f"**{row['status'].capitalize()}** {as_of}. Look of {row['looked_on']}: {metric_words(row)}; {meaning}."


def _figures(row: Row) -> str:
    n = row["n_trades"]
    lines = [
        f"Closed research trades, all sessions: {n:,}; worth about {row['n_effective']:.1f} independent ones {SHARED}",
        f"Win rate (reached +1 R before the stop): {_share(row['win_rate'])}",
        f"Average result, net of costs: {_r(row['avg_r'])} a trade",
        f"Median time to the outcome: {_bars(row['median_bars_to_outcome'])}",
        f"95 % interval of the {UNITS[row['metric']]}, for the independent ones: {_interval(row)}",
    ]
    return "\n".join(_wrapped(f"- {line}", "  ") for line in [*lines, *_split(row)])


def _wrapped(line: str, indent: str = "") -> str:
    return textwrap.fill(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _split(row: Row) -> list[str]:
    if row["split_feature"] is None:
        return []
    feature = plain(row["split_feature"], 64)
    halves = [
        f"{feature} {words} {row['split_at']:g}: {_half(row, name)}"
        for name, words in (("high", "at or above"), ("low", "below"))
    ]
    if row["split_difference"] is None:
        return [*halves, "difference between them: unknown, one of them is empty"]
    low, high = row["split_difference_low"], row["split_difference_high"]
    shows = "which may be chance" if low <= 0 <= high else "more than chance"
    points = f"{100 * row['split_difference']:+.1f} points, {100 * low:+.1f} to {100 * high:+.1f}"
    return [*halves, f"high minus low: {points}; {shows}"]


def _half(row: Row, name: str) -> str:
    n, rate = row[f"n_{name}"], row[f"win_rate_{name}"]
    if not n:
        return "no trade"
    low, high = row[f"win_rate_{name}_low"], row[f"win_rate_{name}_high"]
    return f"win rate {_share(rate)} of {_trades(n)}, {_share(low)} to {_share(high)}"


def _change(row: Row) -> str:
    following = row["next_look_n"]
    if following is None:
        return "What would change the verdict: nothing but another claim; all four looks are taken."
    sizes = [f"{row['min_sample_size'] * 2**k:,}" for k in range(len(LEVELS))]
    left = max(following - row["n_trades"], 0)
    return (
        f"What would change the verdict: the look at {following:,} closed trades, {left:,} from now. Verdicts are "
        f"taken at {', '.join(sizes[:-1])} and {sizes[-1]} trades only; more looks would find an edge by luck."
    )


def _interval(row: Row) -> str:
    if row["ci_low"] is None:
        return "unknown, too few trades or all alike"
    return f"{_value(row, 'ci_low')} to {_value(row, 'ci_high')}"


def _value(row: Mapping[str, Any], name: str) -> str:
    return _share(row[name]) if row["metric"] == "win_rate" else _r(row[name])


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{100 * value:.1f} %"


def _r(value: float | None) -> str:
    return "unknown" if value is None else f"{value:+.2f} R"


def _bars(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g} bars"


def _trades(n: int) -> str:
    return f"{n:,} trade" if n == 1 else f"{n:,} trades"
