"""The picture of evidence: a playbook a row, its interval, and what is claimed."""

from __future__ import annotations

from matplotlib.figure import Figure

from learning_pipeline.playbooks.tables import Validation
from learning_pipeline.reports import playbooks_drawing, render, to_png
from learning_pipeline.reports.playbooks import playbooks_section
from learning_pipeline_tests.playbooks.builders import claim, trade
from learning_pipeline_tests.playbooks.test_validation import run
from learning_pipeline_tests.reports.world import WINDOW, small_world


def test_nothing_traded_is_no_picture() -> None:
    assert playbooks_drawing(Validation.frame()) is None
    assert playbooks_drawing(run([], 1).validation) is None


def test_a_row_has_its_interval_and_its_threshold() -> None:
    validation = run([trade(k, k) for k in range(4)], 4, claim(threshold=0.45)).validation[-1:]
    drawing = playbooks_drawing(validation)
    assert drawing is not None
    assert 0 < len(to_png(drawing)) < 50_000
    axes = Figure().subplots()
    drawing.draw(axes)
    interval, mark, claimed = axes.lines[:3]
    assert [round(float(x), 3) for x in interval.get_xdata()] == [0.51, 1.0]
    assert list(mark.get_xdata()) == [1.0]
    assert list(claimed.get_xdata()) == [0.45, 0.45]


def test_the_report_says_what_is_claimed_and_what_was_found() -> None:
    rows = [trade(k, k, outcome="hit_1r" if k else "hit_stop", r_achieved=1.0 if k else -1.0) for k in range(4)]
    section = playbooks_section(small_world(validation=run(rows, 4, claim("avg_r", 0.05)).validation[-1:]))
    assert section.says == ("1 playbook with closed research trades; evidence has decided on 0.",)
    assert section.grids[0].rows[0] == (
        "x",
        "insufficient data",
        "4",
        "4.0",
        "75%",
        "+0.50 R",
        "> +0.05 R",
        "\u22121.09 R to +2.09 R",
        "20",
    )
    assert section.picture is not None


def test_without_trades_or_table_the_report_says_so() -> None:
    assert (
        "No research trade of any of 1 playbook"
        in playbooks_section(small_world(validation=run([], 1).validation)).says[0]
    )
    assert "no table of playbooks" in playbooks_section(small_world()).says[0]


def test_the_page_holds_it() -> None:
    validation = run([trade(k, k) for k in range(4)], 4, claim(threshold=0.45)).validation[-1:]
    assert "insufficient data" in render(small_world(validation=validation), WINDOW)
