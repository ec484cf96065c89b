"""Look at packs."""

from __future__ import annotations

import json
from typing import Any

from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import print_table, tell
from learning_pipeline.errors import EvaluationFailed
from learning_pipeline.models.packs.pack import Pack
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.packs import Packs

COLUMNS = ["pack", "kind", "windows", "rows", "baseline", "from", "state"]


def list_packs(home: Home, *, as_json: bool) -> None:
    """Every pack with what it is about; one that is damaged says so and does not hide the others."""
    packs = Packs(home)
    rows = [_listed(packs, name) for name in packs.names()]
    if as_json:
        write_json(rows)
    elif rows:
        print_table(COLUMNS, [tuple(row[name] for name in COLUMNS) for row in rows])
    else:
        tell("there is no pack; `packs freeze` makes one")


def show_pack(home: Home, name: str, *, as_json: bool) -> None:
    """The manifest of a pack, after its bytes were checked."""
    pack = Pack.read(*Packs(home).files(name))
    said = pack.manifest.model_dump(mode="json")
    if as_json:
        write_json(said)
        return
    tell(f"{name}: {pack.rows.height:,} rows, bytes as they were frozen")
    print_table(["field", "value"], [(key, _text(value)) for key, value in said.items()])


def _listed(packs: Packs, name: str) -> dict[str, Any]:
    origin = "shipped" if packs.is_shipped(name) else "own"
    try:
        told = Pack.read(*packs.files(name)).manifest
    except EvaluationFailed as e:
        return dict.fromkeys(COLUMNS) | {"pack": name, "from": origin, "state": str(e)}
    windows = ", ".join(f"{window.first_day}..{window.last_day}" for window in told.windows)
    about = {"kind": told.kind, "windows": windows, "rows": told.examples.n, "baseline": told.baseline.rule}
    return {"pack": name, **about, "from": origin, "state": "whole"}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
