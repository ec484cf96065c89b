"""Defaults < file < environment < run; what is wrong is named with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from learning_pipeline.contracts import Settings
from learning_pipeline.errors import BadSettings
from learning_pipeline.stores.settings_file import load_settings


class Limits(Settings):
    """Settings of a room."""

    max_usd: float = Field(default=1.0, gt=0)
    n_draws: int = 10
    name: str = "x"
    windows: tuple[int, ...] = (1, 30)
    strict: bool = False


class Odds(Settings):
    """Settings of another room."""

    ratio: float = 2.0


ROOMS: dict[str, type[Settings]] = {"limits": Limits, "odds": Odds}


def load(path: Path, text: str = "", overrides: Any = None, **environment: str) -> Any:
    path /= "learning_pipeline.toml"
    if text:
        path.write_text(text, encoding="utf-8")
    return load_settings(path, ROOMS, overrides, environment)


def test_without_a_file_everything_is_as_by_default(tmp_path: Path) -> None:
    assert load(tmp_path) == {"limits": Limits(), "odds": Odds()}


def test_the_run_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    text = "[limits]\nmax_usd = 2.0\nn_draws = 20\nname = 'file'\nwindows = [7]\n"
    environment = {"LEARNING_PIPELINE_LIMITS_MAX_USD": "3.5", "LEARNING_PIPELINE_LIMITS_N_DRAWS": "30"}
    found = load(tmp_path, text, {"limits": {"max_usd": 4.5}}, **environment)["limits"]
    assert found == Limits(max_usd=4.5, n_draws=30, name="file", windows=(7,))


@pytest.mark.parametrize(
    ("name", "text", "key", "value"),
    [
        ("MAX_USD", "3", "max_usd", 3.0),
        ("NAME", "plain words", "name", "plain words"),
        ("NAME", "'quoted'", "name", "quoted"),
        ("WINDOWS", "[1, 90]", "windows", (1, 90)),
        ("STRICT", "true", "strict", True),
    ],
)
def test_variables_are_read_as_toml_or_as_text(tmp_path: Path, name: str, text: str, key: str, value: object) -> None:
    found = load(tmp_path, **{f"LEARNING_PIPELINE_LIMITS_{name}": text})["limits"]
    assert getattr(found, key) == value


def test_other_variables_and_empty_ones_are_left_alone(tmp_path: Path) -> None:
    environment = {"LEARNING_PIPELINE_HOME": "/x", "LEARNING_PIPELINE_LIMITS_NAME": "", "LIMITS_NAME": "y"}
    assert load(tmp_path, **environment)["limits"] == Limits()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limit]\nmax_usd = 1.0", "learning_pipeline.toml: unknown table [limit]; known are [limits], [odds]"),
        ("max_usd = 1.0", "learning_pipeline.toml: unknown table [max_usd]"),
        ("limits = 3", "learning_pipeline.toml: expected a table [limits], found limits = 3"),
        ("[limits]\nmax_eur = 1.0", "learning_pipeline.toml: unknown setting max_eur in [limits]; known are max_usd, "),
        (
            "[limits]\nmax_usd = 0.0",
            "learning_pipeline.toml: [limits] max_usd: Input should be greater than 0, found 0",
        ),
        ("[limits]\nmax_usd = nan", "learning_pipeline.toml: [limits] max_usd: Input should be a finite number"),
        ("[limits]\nmax_usd = '3'", "learning_pipeline.toml: [limits] max_usd: Input should be a valid number"),
        ("[limits]\nmax_usd = true", "learning_pipeline.toml: [limits] max_usd: Input should be a valid number"),
        ("[limits]\nn_draws = 1.5", "learning_pipeline.toml: [limits] n_draws: Input should be a valid integer"),
        ("[limits]\nwindows = [1, 'x']", "learning_pipeline.toml: [limits] windows.1: Input should be a valid integer"),
        ("[limits\n", "learning_pipeline.toml: expected TOML: "),
        ("[limits]\nname = 'a'\nname = 'b'", "learning_pipeline.toml: expected TOML: "),
    ],
)
def test_a_bad_file_is_refused_with_file_key_and_what_was_expected(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load(tmp_path, text)
    assert words in str(refused.value)


def test_bytes_outside_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "learning_pipeline.toml").write_bytes(b"[limits]\nname = '\xff'")
    with pytest.raises(BadSettings, match=r"learning_pipeline\.toml: expected TOML"):
        load(tmp_path)


def test_a_bad_variable_and_a_bad_run_setting_are_named_as_such(tmp_path: Path) -> None:
    text = "[limits]\nmax_usd = 2.0"
    with pytest.raises(BadSettings, match=r"^environment: \[limits\] max_usd: .* found 'much'"):
        load(tmp_path, text, LEARNING_PIPELINE_LIMITS_MAX_USD="much")
    with pytest.raises(BadSettings, match=r"^environment: unknown setting max_eur in \[limits\]"):
        load(tmp_path, text, LEARNING_PIPELINE_LIMITS_MAX_EUR="1")
    with pytest.raises(BadSettings, match=r"^run settings: \[limits\] max_usd: .* found -1"):
        load(tmp_path, text, {"limits": {"max_usd": -1}})
    with pytest.raises(BadSettings, match=r"^run settings: unknown table \[room\]"):
        load(tmp_path, text, {"room": {"max_usd": -1}})
