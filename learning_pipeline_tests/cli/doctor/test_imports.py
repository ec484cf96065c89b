"""What goes wrong where a bot's own files are imported: twice, guards nobody wrote down, folders that are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline.cli.doctor.facts import Facts, Folder, Imported, Market, Place, Published
from learning_pipeline.cli.doctor.finding import Level
from learning_pipeline.cli.doctor.rules_imports import folders_are_imported, nothing_came_twice
from learning_pipeline.cli.doctor.rules_pending import symbols_have_bars
from learning_pipeline_tests.adapters.freqtrade.exports import NOON, RUN_ID, result, trade, write_zip
from learning_pipeline_tests.cli.conftest import CommandLine, Said
from learning_pipeline_tests.cli.doctor.conftest import Diagnosis, diagnosis

LOCK = {
    "id": None,
    "pair": "*",
    "lock_time": "2024-02-01 15:00:00",
    "lock_end_time": "2024-02-01 18:00:00",
    "lock_timestamp": int(NOON.timestamp() * 1000) + 3 * 3_600_000,
    "lock_end_timestamp": int(NOON.timestamp() * 1000) + 6 * 3_600_000,
    "reason": "0.11 passed 0.1 in 48 candles, locking for 3 candles.",
    "side": "*",
    "active": True,
}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[CommandLine, Said]:
    """The same trade in two backtests of one strategy that were run apart; a protection came into force once.

    And what the run said.
    """
    place = tmp_path_factory.mktemp("imported")
    told = {"Dip": result(trade(), locks=[LOCK])}
    one, other = write_zip(place / "one", told), write_zip(place / "other", told)
    meta = other.with_suffix(".meta.json")
    meta.write_text(meta.read_text().replace(RUN_ID, RUN_ID[::-1]))
    command = CommandLine(place / "home")
    assert command("import", "freqtrade", one, other).exit_code == 0
    said = command("run")
    assert said.exit_code == 0
    return command, said


@pytest.fixture(scope="module")
def found(imported: tuple[CommandLine, Said]) -> Diagnosis:
    return diagnosis(imported[0])


def test_a_decision_that_came_from_two_sources_is_told(found: Diagnosis) -> None:
    assert "1 decision of one strategy, market, side and instant came from several" in found.of("sources", "warning")


def test_a_guard_whose_blocks_nobody_wrote_down_is_told(found: Diagnosis) -> None:
    assert "No verdict on MaxDrawdown" in found.of("guards", "warning")


def test_a_run_says_so_too(imported: tuple[CommandLine, Said]) -> None:
    words = "not evaluable, for no record tells what they blocked (times in force): MaxDrawdown (2)"
    assert words in imported[1].err


PLACE = Place(1, 10**12, 0, True, True, None, [], "")


def facts(imported: Imported | None = None, watched: list[Folder] | None = None, *markets: Market) -> Facts:
    published = Published(0, list(markets), 0, None, 0, 0)
    return Facts(NOON, "", PLACE, None, published, None, imported=imported, watched=watched)


def test_a_watched_folder_that_is_gone_or_fails_is_a_problem(tmp_path: Path) -> None:
    assert folders_are_imported(facts(watched=[Folder("/bot", True, 0)])) is None
    for folder, word in ((Folder("/bot", False, 0), "Not there: /bot"), (Folder("/bot", True, 3), "/bot (3 times)")):
        finding = folders_are_imported(facts(watched=[folder]))
        assert finding
        assert finding.level == Level.problem
        assert word in finding.what


def test_nothing_is_said_where_nothing_came_twice() -> None:
    assert nothing_came_twice(facts(Imported([], 0, []))) is None
    assert nothing_came_twice(facts()) is None


def test_bars_under_another_spelling_of_the_symbol_are_named() -> None:
    decided = Market("BTC/USDT", 3, 0, 0, None, NOON, None)
    priced = Market("BTCUSDT", 0, 0, 0, None, None, NOON)
    finding = symbols_have_bars(facts(None, None, decided, priced))
    assert finding
    assert finding.what.endswith("want of bars: BTC/USDT; there are bars of BTC/USDT as BTCUSDT")
