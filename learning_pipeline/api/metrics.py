"""Metrics, as Prometheus asks for them; with people it sends a token of one as its bearer token."""

from __future__ import annotations

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from learning_pipeline.api.status import AtHome
from learning_pipeline.defs.catalog import COUNTED
from learning_pipeline.stores.metrics import exposition

router = APIRouter(tags=["status"])


@router.get("/metrics", summary="Counts and drift for Prometheus", response_class=Response)
def metrics(home: AtHome) -> Response:
    """Events, trainings, evaluations, moves, alerts and distances, read off the stores at this moment."""
    return Response(exposition(home, COUNTED), media_type=CONTENT_TYPE_LATEST)
