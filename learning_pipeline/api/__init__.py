"""The Ops API: books, experiments, playbooks, overrides and allocation over HTTP (research-budget, Step 6).

A GET changes nothing. A POST needs a named person: a bearer token of a file that only its owner can read. Without such
a file the API answers on loopback only, and only questions. It speaks JSON, to hosts that it knows, in bodies of at
most 64 KiB; a refusal is ``{"code", "detail"}`` in one line.

The page ``/docs`` shows every route, from files of its own: a trading host need not reach the internet.
"""

from learning_pipeline.api.app import create_app
from learning_pipeline.api.people import People

__all__ = ["People", "create_app"]
