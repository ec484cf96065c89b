"""Settings of all rooms: defaults < ``learning_pipeline.toml`` in the data root < environment < the run's own."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pydantic

from learning_pipeline.contracts import Settings
from learning_pipeline.errors import BadSettings

ENVIRONMENT_PREFIX = "LEARNING_PIPELINE_"


def load_settings(
    path: Path,
    rooms: Mapping[str, type[Settings]],
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Settings]:
    """Settings of each room; environment variables are named LEARNING_PIPELINE_<ROOM>_<KEY>.

    Raises
    ------
    BadSettings
        An unknown room or key, or an impossible value: names the file, the key and what was expected.
    """
    from_file = _toml(path)
    from_run = {room: dict(values) for room, values in (overrides or {}).items()}
    for source, given in ((str(path), from_file), ("run settings", from_run)):
        _require_known(source, given, rooms)
    named = os.environ if environment is None else environment
    return {
        room: _settings(
            path, room, model, {**from_file.get(room, {}), **_variables(room, model, named), **from_run.get(room, {})}
        )
        for room, model in rooms.items()
    }


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise BadSettings(f"{path}: expected TOML: {e}") from e


def _require_known(source: str, given: Mapping[str, Any], rooms: Mapping[str, type[Settings]]) -> None:
    for room, values in given.items():
        if room not in rooms:
            raise BadSettings(f"{source}: unknown table [{room}]; known are {', '.join(f'[{r}]' for r in rooms)}")
        if not isinstance(values, dict):
            raise BadSettings(f"{source}: expected a table [{room}], found {room} = {values!r}")
        for key in values:
            if key not in rooms[room].model_fields:
                known = ", ".join(rooms[room].model_fields)
                raise BadSettings(f"{source}: unknown setting {key} in [{room}]; known are {known}")


def _variables(room: str, model: type[Settings], environment: Mapping[str, str]) -> dict[str, Any]:
    names = {key: f"{ENVIRONMENT_PREFIX}{room}_{key}".upper() for key in model.model_fields}
    return {key: _value(environment[name]) for key, name in names.items() if environment.get(name)}


def _value(text: str) -> Any:
    """A value as TOML reads it, else the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _settings(path: Path, room: str, model: type[Settings], values: dict[str, Any]) -> Settings:
    try:
        return model.model_validate(values)
    except pydantic.ValidationError as e:
        first = e.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise BadSettings(f"{path}: [{room}] {key}: {first['msg']}, found {first['input']!r}") from e
