"""Which days are due, by the marks in the ledger."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from learning_pipeline.books.settings import BooksSettings
from learning_pipeline.defs.due import DIRTY, FIRST, NEWEST, SETTINGS, Due, fingerprint

NOON = dt.datetime(2024, 3, 6, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TODAY = NOON.date()
WEEK_AGO = TODAY - 7 * DAY
CLEAN = Due(None, NOON, WEEK_AGO)


def marks(**changed: str) -> dict[str, str]:
    return {FIRST: WEEK_AGO.isoformat(), NEWEST: NOON.isoformat(), SETTINGS: "now", **changed}


def test_marks_are_read() -> None:
    assert Due.of({}, "now") == Due(None, None, None)
    assert Due.of(marks(), "now") == CLEAN
    assert Due.of(marks(**{DIRTY: TODAY.isoformat()}), "now") == CLEAN._replace(dirty_from=TODAY)


def test_changed_settings_make_every_day_stale() -> None:
    assert Due.of(marks(), "other").dirty_from == WEEK_AGO
    assert Due.of(marks(**{DIRTY: TODAY.isoformat()}), "other").dirty_from == WEEK_AGO


@pytest.mark.parametrize(
    ("touched", "newest", "dirty"),
    [
        (None, None, None),  # nothing but duplicates
        (None, NOON, None),
        (TODAY - 2 * DAY, NOON - DAY, TODAY - 2 * DAY),  # late events: time does not move
        (TODAY + DAY, NOON + DAY, TODAY),  # time moves on: today was settled as of noon
        (TODAY - 2 * DAY, NOON + DAY, TODAY - 2 * DAY),
        (TODAY, NOON + dt.timedelta(hours=1), TODAY),
    ],
)
def test_new_data_make_the_first_day_stale_that_they_change_or_that_was_not_over(
    touched: dt.date | None, newest: dt.datetime | None, dirty: dt.date | None
) -> None:
    found = CLEAN.lowered(touched, touched, newest)
    assert found[DIRTY] == (dirty.isoformat() if dirty else None)
    assert found[NEWEST] == max(NOON, newest or NOON).isoformat()


def test_a_day_that_is_stale_stays_so_and_the_first_day_only_moves_back() -> None:
    stale = CLEAN._replace(dirty_from=WEEK_AGO)
    assert stale.lowered(TODAY, TODAY, NOON + DAY)[DIRTY] == WEEK_AGO.isoformat()
    assert stale.lowered(TODAY, TODAY, None)[FIRST] == WEEK_AGO.isoformat()
    assert stale.lowered(TODAY, WEEK_AGO - DAY, None)[FIRST] == (WEEK_AGO - DAY).isoformat()


@pytest.mark.parametrize(
    ("dirty", "first", "last", "days"),
    [
        (None, None, None, (TODAY, TODAY)),  # the last day alone, which then commits nothing
        (WEEK_AGO, None, None, (WEEK_AGO, TODAY)),
        (WEEK_AGO, TODAY - DAY, None, (WEEK_AGO, TODAY)),  # no stale day before those asked for is left out
        (TODAY, WEEK_AGO, TODAY - DAY, (WEEK_AGO, TODAY - DAY)),
        (None, None, TODAY + 9 * DAY, (TODAY, TODAY)),  # nothing is known of the days after the data
    ],
)
def test_days_of_a_run(
    dirty: dt.date | None, first: dt.date | None, last: dt.date | None, days: tuple[dt.date, dt.date]
) -> None:
    assert CLEAN._replace(dirty_from=dirty).days(first, last) == days


def test_without_data_there_are_no_days() -> None:
    assert Due(None, None, None).days(TODAY, TODAY) is None


def test_after_a_run_of_past_days_those_after_them_are_still_stale() -> None:
    assert CLEAN.settled(TODAY, "now") == {DIRTY: None, SETTINGS: "now"}
    assert CLEAN.settled(TODAY - 3 * DAY, "now")[DIRTY] == (TODAY - 2 * DAY).isoformat()


def test_what_is_only_passed_on_to_bots_makes_no_day_stale() -> None:
    """A person's switch acts with the next run, whatever the length of the history."""
    asked = [fingerprint({"books": BooksSettings(**changed)}) for changed in SETTINGS_OF_BOOKS]
    assert asked[0] == asked[1] != asked[2]


SETTINGS_OF_BOOKS: list[dict[str, Any]] = [
    {},
    {"learning_manual_override_off": True, "learning_max_hold_minutes": 5},
    {"learning_daily_risk_budget_pct": 0.1},
]
