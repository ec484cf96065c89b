"""How the documentation is built; nothing is loaded from elsewhere, neither here nor by a reader's browser."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "learning_pipeline"
author = "the learning_pipeline authors"
release = version = version_of("learning-pipeline")
html_title = "learning_pipeline"
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "from_contracts"]
exclude_patterns = ["_build", "from_contracts"]
suppress_warnings = ["myst.header"]  # a generated page begins below its own title

nitpicky = True
# what annotations name is part of no page: it is another package's, or a value with a short life
nitpick_ignore_regex = [("py:.*", r"(?!lp\.).*")]
default_role = "code"  # docstrings write names between single backticks

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
templates_path = []
pygments_style = "friendly"
pygments_dark_style = "nord"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b6e4f", "color-brand-content": "#0b6e4f"},
    "dark_css_variables": {"color-brand-primary": "#5ecba1", "color-brand-content": "#5ecba1"},
}
