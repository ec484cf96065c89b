"""A bot asks for its posture: from a file it can verify, quickly, with the reasons."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import logging
import time
from pathlib import Path

import msgspec
import pytest

import learning_pipeline as lp
from learning_pipeline.errors import BadInput
from learning_pipeline.posture import Delta, Document, Posture, Rules
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.postures_file import write_postures
from learning_pipeline_tests.posture.rows import NOON, S1, a_posture

LATER = NOON + dt.timedelta(days=1)
RULES = Rules(flags={"trend": Delta(0.15, -0.05)})


def written(root: Path, *postures: Posture, rules: Rules = RULES) -> Path:
    write_postures(Home.at(root).postures, msgspec.to_builtins(Document(rules, list(postures))))
    return root


def test_the_golden_answer(tmp_path: Path) -> None:
    """steer .15; A: .8 - .09 * .8; E: .3 + .06 * .7; size .1 + .5 A."""
    posture = lp.load_posture(written(tmp_path, a_posture()))
    found = posture.steer(0.8, 0.3, S1, {"timeframe": "15m"}, at=LATER)
    assert found == (pytest.approx(0.728), pytest.approx(0.342), pytest.approx(0.464))
    told = posture.steer(0.8, 0.3, S1, {"timeframe": "15m"}, at=LATER, explain=True)
    assert ((told.a, told.e, told.size_fraction), told.used) == (found, {"o1": 1.0})


def test_without_a_run_everything_stays_the_bots_own(tmp_path: Path) -> None:
    assert lp.load_posture(tmp_path).steer(0.8, 0.3, S1) == (0.8, 0.3, pytest.approx(0.5))
    assert list(tmp_path.iterdir()) == []


def test_now_is_the_default_instant(tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    fresh = a_posture(active_from=now - dt.timedelta(days=1), expires_at=now + dt.timedelta(days=1))
    found = lp.load_posture(written(tmp_path, fresh, a_posture("old", scope={"chain": "sol"})))
    told = found.steer(0.8, 0.3, S1, {"chain": "sol"}, explain=True)
    assert (list(told.used), told.dropped) == (["o1"], {"old": "expired"})


def test_flags_are_said_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    posture = lp.load_posture(written(tmp_path))
    with caplog.at_level(logging.INFO, logger="learning_system"):
        posture.steer(0.9, 0.9, S1, flags={"trend": True})
        posture.steer(0.9, 0.9, S1)
    assert caplog.messages == [
        f"AE_V2: pattern={S1} | flags={{trend:+0.15/-0.05}} | a=0.65 | e=0.45 | a_steered=0.65 | e_steered=0.45"
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('"confidence": 0.6', '"confidence": 0.9'),
        lambda text: text.replace('"base_bias": 0.0', '"base_bias": 0.5'),
        lambda text: text[:-20],
        lambda text: "[]",
    ],
)
def test_a_file_that_cannot_be_verified_is_refused_whole(tmp_path: Path, damage) -> None:
    path = Home.at(written(tmp_path, a_posture())).postures
    path.write_text(damage(path.read_text()))
    with pytest.raises(BadInput, match=r"postures\.json: .*writes it anew"):
        lp.load_posture(tmp_path)


@pytest.mark.parametrize("wrong", [{"confidence": 1.5}, {"dir_a": "much"}, {"more": 1}, {"active_from": "2024-03-04"}])
def test_rows_that_are_no_postures_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    row = msgspec.to_builtins(a_posture()) | wrong
    write_postures(Home.at(tmp_path).postures, {"rules": {}, "postures": [row]})
    with pytest.raises(BadInput, match=r"postures: .*\$\.postures\[0\]"):
        lp.load_posture(tmp_path)


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    document = msgspec.to_builtins(Document(RULES, [a_posture()]))
    assert [write_postures(tmp_path / "postures.json", document) for _ in range(2)] == [True, False]
    assert json.loads((tmp_path / "postures.json").read_text())["postures"] == document


def test_a_decision_takes_no_longer_with_ten_thousand_postures_than_with_what_matches(tmp_path: Path) -> None:
    """64 subsets match in both; what does not match is not walked through."""
    scope = {f"k{k}": "x" for k in range(6)}
    subsets = [dict(some) for n in range(7) for some in itertools.combinations(scope.items(), n)]
    matching = [a_posture(f"m{k}", scope=some) for k, some in enumerate(subsets)]
    others = [a_posture(f"x{k}", scope={f"k{k % 6}": f"y{k}", "k5": f"z{k}"}) for k in range(9_936)]
    few, many = (
        lp.load_posture(written(tmp_path / str(len(some)), *some)) for some in (matching, [*matching, *others])
    )
    assert len(many.rows) == 10_000
    assert len(many.steer(0.5, 0.5, S1, scope, at=LATER, explain=True).used) == 64

    def seconds(posture) -> float:
        began = time.perf_counter()
        for _ in range(200):
            posture.steer(0.5, 0.5, S1, scope, at=LATER)
        return (time.perf_counter() - began) / 200

    rounds = [(seconds(few), seconds(many)) for _ in range(7)]
    assert min(b for _, b in rounds) < 3 * min(a for a, _ in rounds)
