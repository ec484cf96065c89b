"""The report: one HTML file that a person reads, prints or mails, and the pictures that assets carry.

Question: what did the guards save and cost, how sure is that, what else is known, and what is not?

In: frames of the published tables (`Facts`), each in the order that its reader sees. Out: HTML text. Nothing is
computed here that a table holds; realised profit and loss is added up from ``events.trades``.

- Self-contained: styles and pictures stand in the file, there is no script, and nothing is loaded from elsewhere.
- Every figure stands with its window, its as_of and its interval, or with the reason why it has none.
- A section whose table does not exist (yet) says so in one sentence.
- Colour never speaks alone: verdicts have a mark, a word and a hatching of their own.
- Text from data is escaped, in the page and in the pictures. The same facts give the same bytes.

A `Drawing` is a recipe: ``to_svg`` for the report, ``to_png`` for the metadata of an asset.

Seed: learning-engine "Reports" (figures without uncertainty; these carry it).
"""

from learning_pipeline.reports.allocation import allocation_drawing
from learning_pipeline.reports.bars import closes_drawing
from learning_pipeline.reports.books import budget_drawing
from learning_pipeline.reports.calibration import bias_in_words, pairs_drawing
from learning_pipeline.reports.canvas import Drawing, to_png, to_svg
from learning_pipeline.reports.cost import cost_drawing
from learning_pipeline.reports.datasets import features_drawing
from learning_pipeline.reports.decisions import decisions_drawing
from learning_pipeline.reports.equity import equity_drawing
from learning_pipeline.reports.evaluation.curves import curves_drawing
from learning_pipeline.reports.evaluation.page import Subject, render_evaluation
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.governed import drift_drawing
from learning_pipeline.reports.guards import guards_drawing
from learning_pipeline.reports.late import edge_drawing
from learning_pipeline.reports.leans import leans_drawing
from learning_pipeline.reports.outcomes import outcomes_drawing
from learning_pipeline.reports.overrides import overrides_drawing
from learning_pipeline.reports.page import render
from learning_pipeline.reports.playbooks import playbooks_drawing
from learning_pipeline.reports.scenarios import scenarios_drawing, swaps_drawing
from learning_pipeline.reports.window import Window, choose_window

__all__ = [
    "Drawing",
    "Facts",
    "Subject",
    "Window",
    "allocation_drawing",
    "bias_in_words",
    "budget_drawing",
    "choose_window",
    "closes_drawing",
    "cost_drawing",
    "curves_drawing",
    "decisions_drawing",
    "drift_drawing",
    "edge_drawing",
    "equity_drawing",
    "features_drawing",
    "guards_drawing",
    "leans_drawing",
    "outcomes_drawing",
    "overrides_drawing",
    "pairs_drawing",
    "playbooks_drawing",
    "render",
    "render_evaluation",
    "scenarios_drawing",
    "swaps_drawing",
    "to_png",
    "to_svg",
]
