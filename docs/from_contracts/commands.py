"""Every command with its arguments and options, read off the Typer application."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

from from_contracts.markdown import code, plain, section, table
from learning_pipeline.cli import app

PROGRAM = "learning-pipeline"


def sections() -> str:
    """A section for each command."""
    return "".join(_section(path, command) for path, command in every_command())


def every_command() -> Iterator[tuple[str, Any]]:
    """Each command that does something, by its words."""
    yield from _below("", typer.main.get_command(app))


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from _below(f"{path} {name}".strip(), inner)


def _section(path: str, command: Any) -> str:
    usage = " ".join(word for word in _usage(command) if word)
    rows = [_row(each) for each in command.params if each.name != "help"]
    return section(
        f"command.{path.replace(' ', '.')}",
        path,
        f"```text\n{PROGRAM} {path} {usage}\n```",
        plain(command.help or ""),
        ":::{container} columns defaults\n" + table(["option", "default", "what"], rows) + ":::" if rows else "",
    )


def _usage(command: Any) -> Iterator[str]:
    for each in command.params:
        if each.param_type_name == "argument":
            yield _named(each)
        elif each.required:
            yield f"{each.opts[0]} {_named(each)}"
    yield "[OPTIONS]"


def _named(each: Any) -> str:
    name = each.metavar or each.name.upper()
    return f"{name}..." if each.nargs == -1 or getattr(each, "multiple", False) else name


def _row(each: Any) -> list[str]:
    argument = each.param_type_name == "argument"
    name = _named(each) if argument else ", ".join(each.opts)
    kind = each.type_descriptor.annotation
    words = plain(each.help or "")
    if isinstance(kind, type) and issubclass(kind, Enum):
        words += " One of " + ", ".join(code(one.value) for one in kind) + "."
    if each.envvar:
        words += f" Also {code(each.envvar)}."
    return [code(name), _default(each), words]


def _default(each: Any) -> str:
    if each.required:
        return "needed"
    shown = each.show_default if isinstance(each.show_default, str) else each.default
    return "" if shown is None or shown is False or callable(shown) else code(getattr(shown, "value", shown))
