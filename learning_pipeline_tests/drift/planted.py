"""Planted shifts: how soon is each told, and how often is nothing called a drift?

``python -m learning_pipeline_tests.drift.planted [WORLDS]`` (``make bench-truth``): a model with 20 features and 20
decisions a day, trained on 120 days, served 30 days before anything moves; a language model with 20 answers a day. A
line per shift: share of worlds in which an alarm of what moved begins within 60 days, and within 200 events; median
and 95th percentile of the delay in events. Then worlds where nothing moves: alarms that begin per 10,000 events, with
days that share nothing, a tenth, and a tenth that goes on for days. Exit code 1 where a goal is missed.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline_tests.drift.drifting import FIRST, World, alarms, answer_alarms, answers

QUIET_DAYS, WATCHED_DAYS, NULL_DAYS, A_DAY = 30, 60, 250, 20
SOON = 200
SHIFTS = {
    "mean of a feature, .25 sd": World(since=QUIET_DAYS, shift=0.25),
    "mean of a feature, .5 sd": World(since=QUIET_DAYS, shift=0.5),
    "mean of a feature, 1 sd": World(since=QUIET_DAYS, shift=1.0),
    "scores, .5 logit (1 sd)": World(since=QUIET_DAYS, tilt=0.5),
    "scores, 1 logit (2 sd)": World(since=QUIET_DAYS, tilt=1.0),
    "success no longer follows the scores": World(since=QUIET_DAYS, luck=True),
}
MOVED = {"mean": "f00", "scores": "prediction", "success": "*"}
REFUSING = {"refusals from 2 % to 10 %": 0.1, "refusals from 2 % to 20 %": 0.2, "refusals from 2 % to 40 %": 0.4}
NULLS = {
    "days share nothing": World(share=0.0),
    "days share a tenth": World(share=0.1),
    "days share a tenth, and their mood lasts (.8)": World(share=0.1, mood=0.8),
    "days share half": World(share=0.5),
}
LARGE = ["mean of a feature, 1 sd", "scores, 1 logit (2 sd)", "refusals from 2 % to 40 %"]
"""Shifts that the goal is about: 95 % of them told within 200 events."""
HELD = ["days share nothing", "days share a tenth", "language model"]
"""Worlds that the other goal is about: at most one false alarm per 10,000 events."""


class Delay(NamedTuple):
    """Events from the shift to the alarm of one world; None where none began."""

    name: str
    n_events: int | None


def delay(name: str, seed: int) -> Delay:
    """Of one world with a shift."""
    n_days = QUIET_DAYS + WATCHED_DAYS
    if name in REFUSING:
        since = DriftSettings().reference_days + QUIET_DAYS
        scores = answer_alarms(answers(since + WATCHED_DAYS, A_DAY, seed, since, REFUSING[name]), since + WATCHED_DAYS)
        told = scores.filter("is_alarm", metric="refusal")
    else:
        since, feature = QUIET_DAYS, MOVED[name.split(maxsplit=1)[0].rstrip(",")]
        told = alarms(SHIFTS[name], n_days, seed).filter("is_alarm", feature=feature)
    first = told.filter(pl.col("as_of") >= FIRST + since * ONE_DAY)["as_of"].min()
    return Delay(name, None if first is None else ((first - FIRST).days - since + 1) * A_DAY)


class Quiet(NamedTuple):
    """A world in which nothing moves: events, alarms that began, comparisons and those with p <= .05."""

    name: str
    n_events: int
    n_alarms: int
    n_tests: int
    n_small: int


def quiet(name: str, seed: int) -> Quiet:
    """Of one world without a shift."""
    if name in NULLS:
        scores = alarms(NULLS[name], NULL_DAYS, seed)
    else:
        scores = answer_alarms(answers(NULL_DAYS, A_DAY, seed), NULL_DAYS)
    p = scores["p_value"].drop_nulls()
    return Quiet(name, NULL_DAYS * A_DAY, n_begun(scores), len(p), int((p <= 0.05).sum()))


def n_begun(scores: pl.DataFrame) -> int:
    """Days on which an alarm stands while none stood on the day before: alarms as a person counts them."""
    days = set(scores.filter("is_alarm")["as_of"])
    return sum(day - ONE_DAY not in days for day in days)


def main(n_worlds: int) -> bool:
    """Print the lines; whether the goals are met."""
    # forked processes inherit the thread pool of Polars in whatever state it was
    with multiprocessing.get_context("spawn").Pool() as pool:
        names = [name for name in (*SHIFTS, *REFUSING) for _ in range(n_worlds)]
        delays = pool.starmap(delay, zip(names, range(len(names)), strict=True))
        nulls = [name for name in (*NULLS, "language model") for _ in range(n_worlds)]
        calm = pool.starmap(quiet, zip(nulls, range(10_000, 10_000 + len(nulls)), strict=True))
    met = [_told(name, [each.n_events for each in delays if each.name == name]) for name in dict.fromkeys(names)]
    return all(met + [_false(name, [each for each in calm if each.name == name]) for name in dict.fromkeys(nulls)])


def _told(name: str, events: list[int | None]) -> bool:
    known = np.array([n for n in events if n is not None])
    soon = (known <= SOON).sum() / len(events)
    middle, late = np.quantile(known, [0.5, 0.95]) if len(known) else (np.nan, np.nan)
    print(  # noqa: T201
        f"{name}: told {len(known) / len(events):.0%}, within {SOON} events {soon:.0%}; median {middle:.0f} events "
        f"({middle / A_DAY:.0f} days), 95th percentile {late:.0f}"
    )
    return name not in LARGE or soon >= 0.95


def _false(name: str, found: list[Quiet]) -> bool:
    n_events, n_alarms, n_tests, n_small = (sum(column) for column in list(zip(*found, strict=True))[1:])
    rate = n_alarms / n_events * 10_000
    print(  # noqa: T201
        f"nothing moves, {name}: {n_alarms} false alarms in {n_events:,} events, {rate:.2f} per 10,000, "
        f"{n_alarms / n_events * A_DAY * 365:.2f} a year; p <= .05 in {n_small / n_tests:.1%} of comparisons"
    )
    return name not in HELD or rate <= 1.0


if __name__ == "__main__":
    sys.exit(not main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
