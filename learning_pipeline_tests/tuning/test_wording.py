from __future__ import annotations

from learning_pipeline.tuning import LEVERS, Rule, TuningSettings
from learning_pipeline.tuning.wording import entries, episode_entries, lesson_entry, simulation_entry
from learning_pipeline_tests.tuning.test_learn import N_DAYS, learned, stream
from learning_pipeline_tests.tuning.test_lessons import golden, lessons
from learning_pipeline_tests.tuning.worlds import day, frames


def lines(**rule: object) -> tuple[str, str]:
    (lesson,) = lessons(*frames(golden()), [day(20)], TuningSettings(), Rule(**rule)).to_dicts()
    return str(lesson_entry(lesson)), str(simulation_entry(lesson, TuningSettings()))


def test_the_seeds_example() -> None:
    lesson, simulation = lines()
    assert (
        lesson
        == "TuningMiner: Created lesson | pattern=p | scope={} | n=104 | wr=0.286 | fpr=0.714 | mr=0.082 | dr=0.918"
    )
    # Of 125: 25 with the halo at each of its steps; nothing lies between 0.9 and 1.0, nor on ts or slope.
    words = "SIMULATION | pattern=p | scope={} | simulations=215 | policies=125 | pruned="
    assert simulation.startswith(words)
    assert simulation.endswith(" | best=halo+0.1 | ratio=5.0x | misses_caught=5 | failures_added=1")


def test_why_nothing_is_changed() -> None:
    assert lines(min_ratio=6.0)[1].endswith(" | no_change=ratio_too_low")


def test_every_change_of_state_and_every_no_is_told_with_its_reason() -> None:
    made = learned(stream(1, edge=0.85), 0, N_DAYS - 1, Rule())
    told = [str(entry) for entry in entries(made, TuningSettings())]
    assert told[0].startswith("TuningMiner completed | as_of=2024-04-29 | lessons=3 | with_policy=")
    assert sum(line.startswith("OVERRIDE ") for line in told) == made.transitions.height
    assert any("OVERRIDE ACTIVE | pattern=p | scope={" in line and "reason=" in line for line in told)
    early = learned(stream(1, edge=0.85), 0, 24, Rule())
    (held, *_) = [str(e) for e in entries(early, TuningSettings()) if e.what == "NO OVERRIDE YET"]
    assert "why=" in held
    assert "next_look=10" in held


def test_an_empty_history_says_why_there_is_no_lesson() -> None:
    (only,) = entries(learned(([], [], [], []), 0, 3, Rule()), TuningSettings())
    assert str(only) == (
        'TuningMiner completed | as_of=- | lessons=0 | with_policy=0 | why="no pattern has enough labelled decisions"'
    )


def test_decisions_without_their_limits_are_warned_of() -> None:
    decisions, gates, outcomes, _ = frames(golden())
    told = episode_entries(decisions, gates, outcomes, LEVERS)
    assert {entry.what for entry in told} == {"EPISODE EVENT: Missing gate data", "EPISODE OUTCOME"}
    missing = next(str(entry) for entry in told if entry.level == "WARNING")
    assert missing.endswith(" | missing=slope_min")
    only_halo = tuple(lever for lever in LEVERS if lever.gate == "halo")
    plain = [str(entry) for entry in episode_entries(decisions, gates, outcomes, only_halo)]
    assert any(
        line.startswith("EPISODE EVENT | pattern=p | decision=blocked") and "blocked_by=halo" in line for line in plain
    )
