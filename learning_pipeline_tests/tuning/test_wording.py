from __future__ import annotations

from learning_pipeline.tuning import Rule, TuningSettings, lessons
from learning_pipeline.tuning.wording import lesson_line, simulation_line
from learning_pipeline_tests.tuning.test_lessons import golden
from learning_pipeline_tests.tuning.worlds import day, frames


def lines(**rule: object) -> tuple[str, str]:
    (lesson,) = lessons(*frames(golden()), [day(20)], TuningSettings(), Rule(**rule)).to_dicts()
    return lesson_line(lesson), simulation_line(lesson, TuningSettings())


def test_the_seeds_example() -> None:
    lesson, simulation = lines()
    assert lesson == "lesson | pattern=p | scope={} | n=104 | wr=0.286 fpr=0.714 mr=0.082 dr=0.918"
    # Of 125: 25 with the halo at each of its steps; nothing lies between 0.9 and 1.0, nor on ts or slope.
    words = "simulation | pattern=p | scope={} | simulations=215 policies=125 pruned="
    assert simulation.startswith(words)
    assert simulation.endswith(" | best=halo+0.1 ratio=5.0x (5 misses_caught, 1 failures_added)")


def test_why_nothing_is_changed() -> None:
    assert lines(min_ratio=6.0)[1].endswith(" | no change: ratio_too_low")
