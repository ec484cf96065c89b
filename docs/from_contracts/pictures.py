"""Directives that draw."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from from_contracts import architecture


class Architecture(SphinxDirective):
    """The rooms of the asset graph, each a link to its tables."""

    def run(self) -> list[nodes.Node]:
        """Draw, with links from this page."""
        up = "../" * self.env.docname.count("/")
        self.env.note_dependency(str(architecture.graph.ON_FILE))
        return [nodes.raw("", architecture.picture(f"{up}reference/tables/"), format="html")]
