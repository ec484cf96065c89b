"""From facts to the page."""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2
import polars as pl
from markupsafe import Markup

from learning_pipeline.reports.allocation import allocation_section
from learning_pipeline.reports.assumptions import assumptions_section, unknowns_section
from learning_pipeline.reports.books import books_section
from learning_pipeline.reports.calibration import calibration_section
from learning_pipeline.reports.cost import cost_section, in_words, newest_cost
from learning_pipeline.reports.equity import equity_section
from learning_pipeline.reports.exploration import exploration_section
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.gaps import gaps_section
from learning_pipeline.reports.governed import models_section
from learning_pipeline.reports.guards import guards_section
from learning_pipeline.reports.late import edge_section, missed_section
from learning_pipeline.reports.overrides import overrides_section
from learning_pipeline.reports.playbooks import playbooks_section
from learning_pipeline.reports.proposals import proposals_section
from learning_pipeline.reports.scenarios import scenarios_section, swaps_section
from learning_pipeline.reports.strategies import decay_section, leaderboard_section
from learning_pipeline.reports.waterfall import waterfall_section
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import VERDICT_MARKS, count, one_line


def render(facts: Facts, window: Window) -> str:
    """The report as one HTML text that needs nothing else.

    Parameters
    ----------
    facts : Facts
        Frames of the published tables.
    window : Window
        Days looked at.

    Returns
    -------
    str
        Same facts and window, same text.
    """
    sections = [
        guards_section(facts, window),
        waterfall_section(facts, window),
        cost_section(facts, window),
        scenarios_section(facts, window),
        swaps_section(facts, window),
        proposals_section(facts, window),
        overrides_section(facts),
        calibration_section(facts, window),
        exploration_section(facts, window),
        equity_section(facts, window),
        books_section(facts, window),
        playbooks_section(facts),
        models_section(facts),
        allocation_section(facts, window),
        leaderboard_section(facts, window),
        decay_section(facts, window),
        edge_section(facts, window),
        missed_section(facts, window),
        gaps_section(facts, window),
        assumptions_section(facts, window),
        unknowns_section(),
    ]
    marks = {mark: word for word, mark in VERDICT_MARKS.items()}
    page = environment().get_template("report.html")
    return page.render(
        headline=headline(facts, window),
        window=window,
        sections=[section for section in sections if section],
        marks=marks,
    )


def headline(facts: Facts, window: Window) -> str:
    """The answer in one or two sentences."""
    row = newest_cost(facts, window)
    if row is None or not row["n_blocked"]:
        return f"Nothing was blocked in {window.words}: there is no guard to judge."
    n = {word: facts.guards.filter(pl.col("verdict") == word).height for word in VERDICT_MARKS}
    judged = (
        f"Of {count(facts.guards.height, 'guard')}, {count(n['saves'], 'saves', 'save')} money, "
        f"{count(n['costs'], 'costs', 'cost')} money, and {count(n['inconclusive'], 'is', 'are')} inconclusive."
    )
    return f"{in_words(row)} {judged}"


@cache
def environment() -> jinja2.Environment:
    """Templates of this room; text of data is escaped."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("learning_pipeline.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _printable(value: Any) -> Any:
    """What a template prints: text of data without control characters; escaping comes after this."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value
