"""Look at a data root: nothing is written, created or held, and another process may be writing."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from learning_pipeline.adapters.settings import ImportsSettings
from learning_pipeline.cli.doctor.facts import Facts, Unreadable
from learning_pipeline.cli.doctor.look_at_deliveries import look_at_deliveries
from learning_pipeline.cli.doctor.look_at_imports import look_at_folders, look_at_imports
from learning_pipeline.cli.doctor.look_at_models import look_at_models
from learning_pipeline.cli.doctor.look_at_place import look_at_place
from learning_pipeline.cli.doctor.look_at_runs import look_at_runs
from learning_pipeline.cli.doctor.look_at_warehouse import look_at_warehouse
from learning_pipeline.contracts import Settings
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.defs.due import fingerprint
from learning_pipeline.errors import BadSettings, LearningPipelineError
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.settings_file import load_settings

T = TypeVar("T")


def look(home: Home, now: dt.datetime) -> Facts | None:
    """Facts of a data root; None where there is nothing in it."""
    if not any(path.exists() for path in (home.inbox, home.lake, home.ledger, home.settings)):
        return None
    settings, unreadable = _settings(home)
    settings_sha256 = None if unreadable else fingerprint(settings)
    ttl_minutes = cast("ShadowSettings", settings["shadow"]).ttl_minutes
    delivered = _tried(lambda: look_at_deliveries(home, settings_sha256)) if home.ledger.exists() else None
    waiting = delivered.waiting if delivered and not isinstance(delivered, Unreadable) else []
    return Facts(
        now,
        _home_option(home),
        look_at_place(home, unreadable),
        delivered,
        _tried(lambda: look_at_warehouse(home, ttl_minutes)) if home.warehouse.exists() else None,
        _tried(lambda: look_at_runs(home, waiting, now)),
        _tried(lambda: look_at_models(home, now)) if home.ledger.exists() else None,
        _tried(lambda: look_at_imports(home)) if home.warehouse.exists() else None,
        _tried(lambda: look_at_folders(home, cast("ImportsSettings", settings["imports"]))),
    )


def _settings(home: Home) -> tuple[dict[str, Settings], str]:
    """Settings, and what is wrong with them; defaults where anything is."""
    try:
        return load_settings(home.settings, SETTINGS), ""
    except (BadSettings, OSError) as e:
        return {room: model() for room, model in SETTINGS.items()}, str(e)


def _tried(look_at: Callable[[], T]) -> T | Unreadable:
    try:
        return look_at()
    except (LearningPipelineError, OSError) as e:
        return Unreadable(" ".join(str(e).split()))


def _home_option(home: Home) -> str:
    """Nothing where a command finds this data root by itself."""
    if home.root == Home.at().root:
        return ""
    here = Path.cwd()
    return f" --home {shlex.quote(str(home.root.relative_to(here) if home.root.is_relative_to(here) else home.root))}"
