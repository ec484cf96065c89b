"""The application: routes behind the gate."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files

from fastapi import Depends, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles
from starlette.responses import HTMLResponse

from learning_pipeline.api import metrics, playbooks, research, status
from learning_pipeline.api.gate import Gate
from learning_pipeline.api.naming import reader
from learning_pipeline.api.people import People
from learning_pipeline.api.problem import PROBLEMS, answer_problems
from learning_pipeline.stores.home import Home

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ROUTERS = (research.router, playbooks.router, status.router, metrics.router)
ASSETS = "/docs/assets"
PAGE_MAY = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
PAGE_MAY += "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"


def create_app(home: Home, people: People, hosts: Collection[str] = ()) -> FastAPI:
    """The Ops API of a data root.

    Parameters
    ----------
    home : Home
        The data root; read, and written only by what a named person asks for.
    people : People
        Who may call. Empty: anybody may ask, nobody may act.
    hosts : collection of str
        Names besides those of loopback under which the server is called.
    """
    app = FastAPI(
        title="learning-pipeline",
        summary="Books, experiments, playbooks, overrides and allocation of a data root.",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
    )
    app.state.home, app.state.people = home, people
    for router in ROUTERS:
        app.include_router(router, dependencies=[Depends(reader)])
    app.include_router(status.health)
    answer_problems(app)
    _show_docs(app)
    app.add_middleware(Gate, hosts={*LOOPBACK, *hosts})
    return app


def _show_docs(app: FastAPI) -> None:
    app.mount(ASSETS, StaticFiles(directory=str(files("fastapi_offline") / "static")))

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS}/favicon.png",
        )
        page.headers["content-security-policy"] = PAGE_MAY
        return page
