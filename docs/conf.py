"""How Sphinx builds these pages: `tox -e docs`."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "ext"))

project = "apiref-conformance"
author = "the contributors of apiref-conformance"
release = version = installed(project)
extensions = ["sphinx_click", "sphinxcontrib.programoutput", "schema_page", "option_names", "sentences"]
exclude_patterns = ["_build", "example"]
nitpicky = True
smartquotes_action = "qe"  # two dashes begin an option and are no dash
highlight_language = "none"

html_theme = "furo"
html_title = project
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_show_copyright = False
html_copy_source = False


def _write_example_page(app, error):
    """Make the report page of the example record: the page that "Reading a report" speaks of."""
    from reports import commands

    if error is None and app.builder.format == "html":
        commands.report([HERE / "example"], html=Path(app.outdir) / "example.html", sarif=None)


def setup(app):
    """Let Sphinx make the example page when all other pages are there."""
    app.connect("build-finished", _write_example_page)
