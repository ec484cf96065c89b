"""The evidence card: every number is the table's, in words that say what may be made of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from markdown_it import MarkdownIt

from learning_pipeline.playbooks.card import evidence_card, unwritten
from learning_pipeline.playbooks.claim import Claim, Split
from learning_pipeline.playbooks.edit import Words
from learning_pipeline_tests.playbooks.builders import claim, trade
from learning_pipeline_tests.playbooks.test_validation import last, run

SPLIT = Split(feature="relative_volume", at=1.5)


def row(n: int, n_won: int, what: Claim | None = None) -> dict[str, Any]:
    rows = [
        trade(
            k,
            k,
            outcome="hit_1r" if k < n_won else "hit_stop",
            r_achieved=1.0 if k < n_won else -1.0,
            entry_indicators=f'{{"relative_volume":{1 + k % 2}}}',
        )
        for k in range(n)
    ]
    return last(run(rows, max(n, 1), what))


def card(n: int, n_won: int, what: Claim | None = None) -> str:
    return " ".join(evidence_card(row(n, n_won, what)).split())


def test_below_the_sample_size_it_says_so() -> None:
    said = card(7, 4)
    assert said.startswith("**Not enough data** as of 2024-03-10 (UTC): 7 trades closed, the first verdict needs 20.")
    assert "Below sample size: these figures may still be luck." in said
    assert "the look at 20 closed trades, 13 from now. Verdicts are taken at 20, 40, 80 and 160 trades only" in said


@pytest.mark.parametrize(
    ("n_won", "status", "share", "bound"),
    [
        (18, "Validated", "90.0 %", "at least 73.8 %, 95 % sure."),  # Wilson, one-sided, by SciPy
        (2, "Refuted", "10.0 %", "at most 26.2 %, 95 % sure."),
        (11, "Inconclusive", "55.0 %", "neither above nor below for sure."),
    ],
)
def test_a_verdict_stands_with_its_bound(n_won: int, status: str, share: str, bound: str) -> None:
    words = f"**{status}** as of 2024-03-23 (UTC). Look of 2024-03-23: win rate {share} over the first 20 trades, "
    words += f"claimed is more than 50.0 %; {bound}"
    assert words in card(20, n_won)


def test_figures_are_those_of_the_table() -> None:
    said = card(20, 11)
    assert "Closed research trades, all sessions: 20; worth about 20.0 independent ones" in said
    assert "Win rate (reached +1 R before the stop): 55.0 %" in said
    assert "Average result, net of costs: +0.10 R a trade" in said
    assert "Median time to the outcome: 2 bars" in said
    assert "95 % interval of the win rate, for the independent ones: 34.2 % to 74.2 %" in said


def test_a_claim_about_the_average_is_told_in_r() -> None:
    said = card(20, 18, claim("avg_r", 0.05))
    assert "average R +0.80 R over the first 20 trades, claimed is more than +0.05 R; at least +0.56 R" in said


def test_after_the_last_look_nothing_changes_the_verdict() -> None:
    assert "nothing but another claim; all four looks are taken" in card(16, 10, claim(n=2))


def test_later_looks_say_how_sure_they_are() -> None:
    assert "98.75 % sure" in card(8, 8, claim(n=2))


def test_a_split_shows_both_halves_and_their_difference() -> None:
    said = card(20, 11, claim(split=SPLIT))
    assert "relative_volume at or above 1.5: win rate 50.0 % of 10 trades, 23.7 % to 76.3 %" in said
    assert "relative_volume below 1.5: win rate 60.0 % of 10 trades" in said
    assert "high minus low: -10.0 points" in said
    assert "which may be chance" in said
    assert "difference between them: unknown, one of them is empty" in card(1, 1, claim(split=SPLIT))


def test_a_judge_is_quoted_and_can_add_no_section() -> None:
    hostile = Words.of("x\n## Notes", "text", "```\n## Hypothesis\n<script>\n\u202e\\1 \\g<0>", dt.date(2024, 3, 9))
    said = evidence_card(row(7, 4), [hostile])
    tokens = MarkdownIt("commonmark").parse(said)
    assert {token.tag for token in tokens} <= {"p", "ul", "li", "strong", "blockquote", ""}
    assert tokens[-1].type == "paragraph_close"
    assert tokens[-1].level == 0
    assert r"\\1 \\g\<0\>" in said


def test_lines_are_short_enough_to_read() -> None:
    assert max(map(len, evidence_card(row(20, 11, claim(split=SPLIT))).split("\n"))) <= 118


def test_few_trades_or_no_wish_leave_the_file() -> None:
    frame = run([trade(k, 0) for k in range(4)], 1).validation
    assert unwritten(frame, 5, is_asked=True) == {"x": "4 trades, it is written from 5 on"}
    assert unwritten(frame, 4, is_asked=True) == {}
    assert unwritten(frame, 4, is_asked=False) == {"x": "research_auto_aggregate is off"}
