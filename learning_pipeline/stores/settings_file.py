"""Settings of all rooms: defaults < ``learning_pipeline.toml`` in the data root < environment < the run's own."""

from __future__ import annotations

import json
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
    """Settings of each room.

    Environment variables are named LEARNING_PIPELINE_<ROOM>_<KEY>; those of some rooms also as the seed names them
    (``Settings.variables``).

    Raises
    ------
    BadSettings
        An unknown room or key, or an impossible value: names the file, the key and what was expected.
    """
    from_environment = _from_environment(rooms, os.environ if environment is None else environment)
    layers = {str(path): _toml(path), "environment": from_environment, "run settings": overrides or {}}
    for source, given in layers.items():
        _require_known(source, given, rooms)
    return {room: _settings(room, model, layers) for room, model in rooms.items()}


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise BadSettings(f"{path}: expected TOML: {e}") from e


def _require_known(source: str, given: Mapping[str, Any], rooms: Mapping[str, type[Settings]]) -> None:
    for room, values in given.items():
        if room not in rooms:
            raise BadSettings(f"{source}: unknown table [{room}]; known are {', '.join(f'[{r}]' for r in rooms)}")
        if not isinstance(values, Mapping):
            raise BadSettings(f"{source}: expected a table [{room}], found {room} = {values!r}")
        for key in values:
            if key not in rooms[room].model_fields:
                known = ", ".join(rooms[room].model_fields)
                raise BadSettings(f"{source}: unknown setting {key} in [{room}]; known are {known}")


def _from_environment(rooms: Mapping[str, type[Settings]], environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Values of the variables that name a room, over those that name a key alone; an empty one counts as not set."""
    given = {name: text for name, text in environment.items() if text}
    return {
        room: {key: _value(given[name]) for key, name in _further(model).items() if name in given}
        | _prefixed(f"{ENVIRONMENT_PREFIX}{room}_".upper(), given)
        for room, model in rooms.items()
    }


def _further(model: type[Settings]) -> dict[str, str]:
    prefix = model.variables
    return {} if prefix is None else {key: f"{prefix}{key}".upper() for key in model.model_fields}


def _prefixed(prefix: str, given: Mapping[str, str]) -> dict[str, Any]:
    return {name.removeprefix(prefix).lower(): _value(text) for name, text in given.items() if name.startswith(prefix)}


def _value(text: str) -> Any:
    """A value as TOML reads it, else the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _settings(room: str, model: type[Settings], layers: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Settings of a room from its layers, the last one winning.

    Checked as JSON, strictly: no text for a number, no true for 1.
    """
    values = {key: value for given in layers.values() for key, value in given.get(room, {}).items()}
    try:
        return model.model_validate_json(json.dumps(values, default=str), strict=True)
    except pydantic.ValidationError as e:
        first = e.errors()[0]
        # pydantic names the branches of a union too, in words with brackets
        key = ".".join(str(part) for part in first["loc"] if "[" not in str(part))
        source = _source(room, str(first["loc"][0]) if first["loc"] else "", layers)
        raise BadSettings(f"{source}: [{room}] {key}: {first['msg']}, found {first['input']!r}") from e


def _source(room: str, key: str, layers: Mapping[str, Mapping[str, Any]]) -> str:
    """Where the value that counts comes from."""
    return next((source for source, given in reversed(list(layers.items())) if key in given.get(room, {})), "settings")
