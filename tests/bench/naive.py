"""The scorecard as a hurried developer would print it: everything that scorecard.md advises against, at once.

Flex everywhere, tables that measure themselves, an SVG icon in every row, a style sheet and fonts parsed for each
document, woff2 by @font-face, photos as the camera made them.
"""

from functools import cache
from pathlib import Path
from typing import Any

import weasyprint  # type: ignore[import-untyped] # it ships no types
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from audit.reports import charts
from audit.reports.view import ScorecardView

_HERE = Path(__file__).resolve().parent
_TEMPLATES = _HERE.parents[1] / "audit" / "templates"


def render(view: ScorecardView, folder: Path) -> bytes:
    """Print it; `folder` holds the photos as KEY.jpg and the fonts as 400.woff2, 600.woff2, 700.woff2."""
    html = _template().render(view=view, folder=folder.as_uri(), gauge_tone=charts.DARK)
    printed: bytes = weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")
    return printed


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader([_HERE, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    extension: Any = environment
    extension.install_null_translations(newstyle=True)
    return environment.get_template("naive.html")
