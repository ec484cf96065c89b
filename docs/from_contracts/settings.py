"""Every setting of every room: default, meaning, limits and environment variables, read off the pydantic classes."""

import json
import typing
from typing import Any

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from from_contracts.markdown import code, plain, section, table
from learning_pipeline.contracts import Settings
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.stores.settings_file import ENVIRONMENT_PREFIX

SIGNS = {
    annotated_types.Gt: ("gt", ">"),
    annotated_types.Ge: ("ge", "≥"),
    annotated_types.Lt: ("lt", "<"),
    annotated_types.Le: ("le", "≤"),
}


def sections() -> str:
    """A section for each table of ``learning_pipeline.toml``."""
    return "".join(_section(room, model) for room, model in SETTINGS.items())


def _section(room: str, model: type[Settings]) -> str:
    rows = [_row(room, model, name, field) for name, field in model.model_fields.items()]
    first = plain((model.__doc__ or "").strip().splitlines()[0])
    shown = table(["setting", "default", "may be", "what"], rows)
    return section(f"settings.{room}", f"[{room}]", first, f":::{{container}} columns defaults\n{shown}:::")


def _row(room: str, model: type[Settings], name: str, field: FieldInfo) -> list[str]:
    variables = [f"{ENVIRONMENT_PREFIX}{room}_{name}".upper()]
    if model.variables is not None:
        variables.append(f"{model.variables}{name}".upper())
    default = field.get_default(call_default_factory=True)
    names = "<br>".join(f"<small>{code(each)}</small>" for each in variables)
    return [f"{code(name)}<br>{names}", _value(default), _limits(field), plain(field.description)]


def _value(default: Any) -> str:
    """A default as ``learning_pipeline.toml`` would have it; longer ones in lines of their own."""
    if default is None:
        return "not set"
    if isinstance(default, tuple) and default and isinstance(default[0], BaseModel):
        return "<br>".join(code(_toml(each)) for each in default)
    if isinstance(default, dict) and default and isinstance(next(iter(default.values())), BaseModel):
        return "<br>".join(code(f"{key} = {_toml(each)}") for key, each in default.items())
    return code(_toml(default))


def _toml(value: Any) -> str:
    if isinstance(value, BaseModel):
        return _toml(value.model_dump(exclude_defaults=True) or value.model_dump())
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }" if value else "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return json.dumps(value)


def _limits(field: FieldInfo) -> str:
    """The words it may be, or its bounds; empty where its type says it all."""
    if typing.get_origin(field.annotation) is typing.Literal:
        return ", ".join(code(word) for word in typing.get_args(field.annotation))
    bounds = [f"{SIGNS[type(m)][1]} {getattr(m, SIGNS[type(m)][0]):g}" for m in field.metadata if type(m) in SIGNS]
    return ", ".join(bounds)
