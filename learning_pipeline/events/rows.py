"""The rules of an event that a type cannot say: times, books, gates, sums."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import polars as pl

from learning_pipeline.contracts import day_of
from learning_pipeline.events.tables import EVENT_TABLES, Booked

_STAMP = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:[0-5]\d(\.\d{1,9})?"
_ZONED_STAMP = _STAMP + r"([Zz]|[+-]\d\d:\d\d)$"
_YEARS = (1990, 2100)
_REFUSED = {"line_no": pl.Int64, "reason_code": pl.String, "detail": pl.String}


class Rule(NamedTuple):
    """A reason to refuse a row: its code, its words, and where it applies (null counts as no)."""

    code: str
    detail: str | pl.Expr
    broken: pl.Expr


def checked_rows(event_type: str, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that keep every rule, and the refused ones as (line_no, reason_code, detail).

    Parameters
    ----------
    raw : DataFrame
        Decoded events of one type with ``line_no``; times are text. Decisions have `gate_faults` beside them.

    Returns
    -------
    rows, refused : DataFrame
        ``rows`` has the table's columns and ``line_no``.
    """
    table, times = EVENT_TABLES[event_type], _times_of(event_type)
    parsed = raw.with_columns(_instant(name).alias(f"_{name}") for name in times)
    kept, broken = _parted(parsed, event_type)
    kept = kept.with_columns(pl.col(f"_{name}").alias(name) for name in times)
    return _finished(event_type, kept).select(*table.dtypes(), "line_no"), _refused(broken, event_type)


def _times_of(event_type: str) -> list[str]:
    return [name for name, dtype in EVENT_TABLES[event_type].dtypes().items() if isinstance(dtype, pl.Datetime)]


@cache
def _rules_of(event_type: str) -> list[Rule]:
    """All rules of a type, in the order in which they are asked."""
    times = _times_of(event_type)
    rules = [rule for name in times for rule in _time_rules(name)]
    rules += [rule for name in times for rule in _calendar_rules(name)]
    rules += _book_rules() if issubclass(EVENT_TABLES[event_type], Booked) else []
    return rules + _RULES.get(event_type, [])


def _time_rules(name: str) -> list[Rule]:
    text = pl.col(name)
    said = pl.format("`{}`: expected RFC 3339 with an offset, was {}", pl.lit(_wire_name(name)), text)
    naive = text.str.contains(_STAMP + r"$") | text.str.contains(r"^\d{4}-\d\d-\d\d$")
    return [Rule("naive_time", said, naive), Rule("bad_time", said, ~text.str.contains(_ZONED_STAMP))]


def _calendar_rules(name: str) -> list[Rule]:
    instant, text = pl.col(f"_{name}"), pl.col(name)
    said = pl.format(
        "`{}`: expected a date from {} to {}, was {}", pl.lit(_wire_name(name)), *map(pl.lit, _YEARS), text
    )
    outside = instant.is_null() | (instant.dt.year() < _YEARS[0]) | (instant.dt.year() >= _YEARS[1])
    return [Rule("bad_time", said, text.is_not_null() & outside)]


def _wire_name(column: str) -> str:
    return "at" if column == "happened_at" else column


def _instant(name: str) -> pl.Expr:
    return pl.col(name).str.to_uppercase().str.replace(" ", "T").str.to_datetime("%+", time_unit="us", strict=False)


def _book_rules() -> list[Rule]:
    in_learning = pl.col("learning_book").fill_null(value=False)
    contradicts_flag = pl.col("learning_book").is_not_null() & (
        pl.col("learning_book") != (pl.col("book") == "learning")
    )
    named = pl.format("book {} against learning_book {}", pl.col("book"), pl.col("learning_book"))
    at_risk = pl.col("book").is_in(["learning", "research"]) | in_learning
    return [
        Rule("contradicting_book", named, contradicts_flag),
        Rule(
            "missing_experiment", "a learning or research row needs an experiment_id", at_risk & _blank("experiment_id")
        ),
    ]


def _blank(name: str) -> pl.Expr:
    return pl.col(name).fill_null("") == ""


def _gate_rules() -> list[Rule]:
    return [
        Rule("duplicate_gate", "one gate stands twice in a decision", pl.col("duplicate_gate")),
        Rule(
            "gate_contradiction",
            "a gate's `passed` is not what value, op and threshold say",
            pl.col("gate_contradiction"),
        ),
    ]


def _trade_rules() -> list[Rule]:
    backwards = pl.col("_closed_at") < pl.col("_opened_at")
    return [Rule("out_of_range", "closed_at is before opened_at", backwards)]


_RULES = {"decision": _gate_rules(), "trade_closed": _trade_rules()}


def _parted(rows: pl.DataFrame, event_type: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that keep every rule, and rows that break one: words are only made for these.

    In one chunk: Polars panics on texts of a filtered frame that has many.
    """
    broken = pl.any_horizontal(rule.broken.fill_null(value=False) for rule in _rules_of(event_type))
    is_broken = rows.select(broken).to_series()
    return rows.filter(~is_broken), rows.filter(is_broken).rechunk()


def _refused(broken: pl.DataFrame, event_type: str) -> pl.DataFrame:
    """Line, code and words of rows that break a rule."""
    if broken.is_empty():
        return pl.DataFrame(schema=_REFUSED)
    return broken.select("line_no", _first_broken(_rules_of(event_type))).unnest("_refused")


def _first_broken(rules: list[Rule]) -> pl.Expr:
    verdicts = [
        pl.when(rule.broken).then(pl.struct(reason_code=pl.lit(rule.code), detail=_words(rule.detail)))
        for rule in rules
    ]
    return pl.coalesce(verdicts).alias("_refused")


def _words(detail: str | pl.Expr) -> pl.Expr:
    return pl.lit(detail) if isinstance(detail, str) else detail


def _finished(event_type: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Fill the defaults of the envelope and the derived columns."""
    table = EVENT_TABLES[event_type]
    filled = rows.with_columns(pl.col("session_id").fill_null(pl.col("source")), day=day_of(pl.col("happened_at")))
    if issubclass(table, Booked):
        default = pl.when(pl.col("learning_book")).then(pl.lit("learning")).otherwise(pl.lit("profit"))
        filled = filled.with_columns(pl.col("book").fill_null(default))
    if "scope" in table.dtypes():
        filled = filled.with_columns(pl.col("scope").fill_null("{}"))
    return filled.with_columns(pnl_mismatch=_pnl_mismatch()) if event_type == "trade_closed" else filled


def _pnl_mismatch() -> pl.Expr:
    """True where pnl_usd is not side x (exit - entry) x qty - fees, to 1 cent and 1e-6 of notional."""
    direction = pl.when(pl.col("side") == "long").then(1.0).otherwise(-1.0)
    implied = direction * (pl.col("exit_price") - pl.col("entry_price")) * pl.col("qty") - pl.col("fees_usd")
    notional = pl.col("qty") * pl.col("entry_price")
    return (pl.col("pnl_usd") - implied).abs() > pl.max_horizontal(pl.lit(0.01), notional * 1e-6)
