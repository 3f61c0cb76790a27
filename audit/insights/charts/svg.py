"""A chart as SVG for print, its text as text. The only importer of vl-convert: it brings a JavaScript engine."""

from functools import cache
from typing import Any

import vl_convert

from audit.insights.charts import look
from audit.reports.fonts import FOLDER

VERSION = "6.4"  # of Vega-Lite, the same as the page's


def svg(document: look.Document, width: int = 640) -> str:
    """The document drawn on paper, `width` CSS pixels wide in all; no address is fetched for it."""
    _fonts()
    spec: dict[str, Any] = {**look.dressed(document, look.PAPER), "width": width}
    return str(vl_convert.vegalite_to_svg(spec, vl_version=VERSION, allowed_base_urls=[]))


@cache
def _fonts() -> None:
    """Texts are measured with the fonts that print them."""
    vl_convert.register_font_directory(str(FOLDER))
