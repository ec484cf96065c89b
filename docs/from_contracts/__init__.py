"""Pages and pictures of the documentation that are read off the package: nothing of it can go stale."""

from typing import Any

from sphinx.application import Sphinx

from from_contracts.directive import FromContracts
from from_contracts.links import LinkNames
from from_contracts.pictures import Architecture, Verdicts


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx of the directives, and of names that become links."""
    app.add_directive("from-contracts", FromContracts)
    app.add_directive("architecture", Architecture)
    app.add_directive("verdicts", Verdicts)
    app.add_transform(LinkNames)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
