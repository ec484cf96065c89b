"""The learning book as a bot uses it; light: no Dagster, Polars or DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from learning_pipeline.books.learning import (
    Answer,
    Conditions,
    LearningOrder,
    RiskBook,
    evaluate_learning_order,
    learning_context,
)
from learning_pipeline.errors import BadInput
from learning_pipeline.stores.experiments_file import read_experiments
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.learning_book_file import read_learning_book

if TYPE_CHECKING:
    from learning_pipeline.books.learning.settings import LearningBookSettings

Kind = TypeVar("Kind", LearningOrder, RiskBook, Conditions)


def evaluated(
    order: LearningOrder | Mapping[str, Any],
    book: RiskBook | Mapping[str, Any],
    settings: LearningBookSettings | Mapping[str, Any],
    zones: Conditions | Mapping[str, Any] | None,
    now: dt.datetime | None,
) -> Answer:
    """The gate's answer, from objects or from plain values."""
    rules = SimpleNamespace(**settings) if isinstance(settings, Mapping) else settings
    asked = _as(LearningOrder, order, "order"), _as(RiskBook, book, "book")
    measured, at = _as(Conditions, zones or Conditions(), "zones"), now or dt.datetime.now(dt.UTC)
    try:
        return evaluate_learning_order(*asked, cast("LearningBookSettings", rules), measured, at)
    except ValueError as e:
        raise BadInput(f"learning order: {e}") from e
    except AttributeError as e:
        raise BadInput(f"settings: {e.name} is missing; `learning_context` gives all of them") from e


def context_of(home: str | Path | None, now: dt.datetime | None) -> dict[str, Any]:
    """The learning book of a data root at an instant, with the experiments that its file names."""
    paths = Home.at(home)
    document, experiments = read_learning_book(paths.learning_book), read_experiments(paths.experiments)["experiments"]
    return learning_context(document, experiments, now or dt.datetime.now(dt.UTC))


def _as(kind: type[Kind], given: Kind | Mapping[str, Any], name: str) -> Kind:
    if isinstance(given, kind):
        return given
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as e:
        raise BadInput(f"{name}: {e}") from e
