"""Every metric, as a scrape of a data root without data gives it."""

import tempfile
from pathlib import Path

from prometheus_client.metrics_core import Metric

from from_contracts.markdown import code, plain, table
from learning_pipeline.defs.catalog import COUNTED
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.metrics import LearningMetrics


def families() -> str:
    """Name, kind, labels and meaning of each metric."""
    with tempfile.TemporaryDirectory() as folder:
        found = list(LearningMetrics(Home.at(Path(folder)), COUNTED).collect())
    rows = [[code(_name(each)), each.type, _labels(each), plain(each.documentation)] for each in found]
    return ":::{container} columns\n" + table(["metric", "kind", "labels", "what"], rows) + ":::"


def _name(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name


def _labels(family: Metric) -> str:
    return ", ".join(code(name) for name in family._labelnames)
