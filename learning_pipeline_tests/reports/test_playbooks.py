"""The picture of evidence: a playbook a row, its interval, and what is claimed."""

from __future__ import annotations

from matplotlib.figure import Figure

from learning_pipeline.playbooks.tables import Validation
from learning_pipeline.reports import playbooks_drawing, to_png
from learning_pipeline_tests.playbooks.builders import claim, trade
from learning_pipeline_tests.playbooks.test_validation import run


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
