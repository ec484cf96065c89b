"""Selections of strength lessons, day after day: a fold that goes on from the rows of the day before."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

import msgspec
import polars as pl

from learning_pipeline.analysis.cohort import FOREVER
from learning_pipeline.events.wire import encode_sorted
from learning_pipeline.tuning.evidence import members
from learning_pipeline.tuning.lifecycle import EPOCH, MAX_Q, Lesson, is_test_day
from learning_pipeline.tuning.permutation import draws_for, seed_of
from learning_pipeline.tuning.settings import TuningSettings
from learning_pipeline.tuning.strength.directions import Trades, directed
from learning_pipeline.tuning.strength.evidence import p_of
from learning_pipeline.tuning.strength.exchange import Signs
from learning_pipeline.tuning.strength.forward import Forward
from learning_pipeline.tuning.strength.lifecycle import Leaning, Selection, step
from learning_pipeline.tuning.strength.tables import StrengthSelections

_decode = msgspec.json.Decoder(dict[str, str]).decode


def strength_selections(
    trades: pl.DataFrame,
    strength: pl.DataFrame,
    before: pl.DataFrame,
    as_ofs: list[dt.date],
    settings: TuningSettings,
    books: Collection[str] = ("profit",),
) -> pl.DataFrame:
    """Where every selection stands at the end of each day.

    Parameters
    ----------
    trades : DataFrame
        ``events.trades`` of the days and of ``lookback_days`` days before them.
    strength : DataFrame
        `Strength` of the days.
    before : DataFrame
        `StrengthSelections` of the day before the first; empty where there is none.
    as_ofs : list of date
        Days without a gap.
    settings : TuningSettings
        ``lookback_days``.
    books : collection of str
        Books whose trades count.

    Returns
    -------
    DataFrame
        `StrengthSelections`: the same whether a range is folded at once or day by day.
    """
    versions = directed(trades, books)
    changes, said = _changes(versions, settings.lookback_days), _by_day(strength)
    live, rows = [_read(row) for row in before.to_dicts() if row["state"] != "retired"], []
    for day in sorted(set(as_ofs)):
        lessons = said.get(day, {})
        forward = _forward(live, changes.get((day - EPOCH).days, []))
        asked = {one.lesson: one.signs for one in live}
        tests = _tests(versions, day, lessons, asked, settings) if is_test_day(day) else {}
        after = step(live, day, lessons, forward, tests)
        rows += [_row(one, day) for one in after]
        live = [one for one in after if one.state != "retired"]
    return StrengthSelections.checked(StrengthSelections.frame(rows))


class Change(NamedTuple):
    """A trade that comes to be known (``n`` 1), or a version of it that no longer holds (``n`` -1)."""

    pattern_key: str
    scope: str
    closed_on: int
    n: int
    way_a: int
    way_e: int


def _changes(versions: pl.DataFrame, lookback_days: int) -> dict[int, list[Change]]:
    """By day, since 1970, on which one hears of it; of trades closed within the lookback, as lessons are."""
    clear = versions.filter(pl.col("way_a").is_not_null())
    both = pl.concat([clear.with_columns(on="since", n=pl.lit(1)), clear.with_columns(on="until", n=pl.lit(-1))])
    heard = both.filter(pl.col("on") < FOREVER, pl.col("on") - pl.col("decided_on") < lookback_days)
    by_day = defaultdict(list)
    for on, *change in heard.select("on", "pattern_key", "scope", "decided_on", "n", "way_a", "way_e").iter_rows():
        by_day[on].append(Change(*change))
    return by_day


def _forward(live: list[Selection], changes: list[Change]) -> dict[str, Forward]:
    """Counts after each selection, with what was heard today."""
    by_lesson = {one.lesson: one for one in live}
    n: dict[Lesson, int] = defaultdict(int)
    agreement: dict[Lesson, int] = defaultdict(int)
    for change in changes:
        for scope in _wider(change.scope):
            one = by_lesson.get((change.pattern_key, scope))
            if one and change.closed_on > (one.selected_on - EPOCH).days:
                toward_a, toward_e = one.signs
                n[one.lesson] += change.n
                agreement[one.lesson] += change.n * (toward_a * change.way_a + toward_e * change.way_e)
    return {one.override_id: one.forward.after(n[one.lesson], agreement[one.lesson]) for one in live}


@cache
def _wider(scope: str) -> list[str]:
    """All scopes that a scope lies in, itself among them.

    >>> _wider('{"chain":"sol","timeframe":"1h"}')[:2]
    ['{}', '{"chain":"sol"}']
    """
    pairs = list(_decode(scope).items())
    return [encode_sorted(dict(some)).decode() for n in range(len(pairs) + 1) for some in combinations(pairs, n)]


def _tests(
    versions: pl.DataFrame,
    day: dt.date,
    lessons: Mapping[Lesson, Leaning],
    asked: Mapping[Lesson, Signs],
    settings: TuningSettings,
) -> dict[Lesson, float]:
    """P of each lesson of the day: of the signs of its selection where it has one, else of its own."""
    n_days, draws = settings.lookback_days, draws_for(max(len(lessons), 1), MAX_Q)
    found = Trades.in_windows(versions, [(day - EPOCH).days], n_days)

    def p(lesson: Lesson, signs: Signs) -> float:
        seed = seed_of("strength", day, *lesson)
        return p_of(found, members(found, *lesson), signs, n_days, seed, draws) if any(signs) else 1.0

    return {lesson: p(lesson, asked.get(lesson, lessons[lesson].signs)) for lesson in sorted(lessons)}


def _by_day(strength: pl.DataFrame) -> dict[dt.date, dict[Lesson, Leaning]]:
    by_day: dict[dt.date, dict[Lesson, Leaning]] = defaultdict(dict)
    columns = strength.select("as_of", "pattern_key", "scope", *Leaning._fields)
    for as_of, pattern_key, scope, *said in columns.iter_rows():
        by_day[as_of][pattern_key, scope] = Leaning(*said)
    return by_day


def _row(one: Selection, day: dt.date) -> dict[str, Any]:
    (pattern_key, scope), (toward_a, toward_e), seen = one.lesson, one.signs, one.forward
    names = {"pattern_key": pattern_key, "scope": scope, "toward_a": toward_a, "toward_e": toward_e}
    counts = {"forward_n": seen.n, "forward_agreement": seen.agreement, "forward_squares": seen.squares}
    tested = {"forward_mean": seen.mean, "forward_p": seen.p((day - one.selected_on).days)}
    same = {name: getattr(one, name) for name in _SAME}
    return {"day": day, "state_since": one.since, **names, **same, **one.chosen._asdict(), **counts, **tested}


def _read(row: Mapping[str, Any]) -> Selection:
    seen = Forward(row["forward_n"], row["forward_agreement"], row["forward_squares"])
    chosen = Leaning(*(row[name] for name in Leaning._fields))
    return Selection(
        lesson=(row["pattern_key"], row["scope"]),
        signs=(row["toward_a"], row["toward_e"]),
        chosen=chosen,
        since=row["state_since"],
        forward=seen,
        **{name: row[name] for name in _SAME},
    )


_SAME = ("override_id", "selected_on", "state", "reason", "p_value", "q_value", "n_tests", "n_looked")
"""Fields of a selection that are columns of the same name."""
