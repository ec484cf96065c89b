"""Every route of the Ops API, as the application tells of itself."""

import tempfile
from pathlib import Path

from from_contracts.markdown import code, plain, table
from learning_pipeline.api import People, create_app
from learning_pipeline.stores.home import Home


def routes() -> str:
    """Method, path, parameters and meaning of each route."""
    with tempfile.TemporaryDirectory() as folder:
        said = create_app(Home.at(Path(folder)), People({}), ["127.0.0.1"]).openapi()
    rows = [
        [f"{code(f'{method.upper()} {path}')}", _parameters(route), plain(route.get("summary", ""))]
        for path, methods in said["paths"].items()
        for method, route in methods.items()
    ]
    return ":::{container} columns\n" + table(["route", "parameters", "answers"], rows) + ":::"


def _parameters(route: dict[str, object]) -> str:
    return ", ".join(code(each["name"]) for each in route.get("parameters", []))
