"""Scorecards and reports of waves as PDF/UA: the only importer of WeasyPrint.

A FontConfiguration must never be shared by two threads (GLib's heap breaks within seconds), so every thread
has its own; threads are no faster, processes are. Pictures come through `photo:` and `chart:` addresses of the
document itself and nothing else can be fetched: no file, no network, no data address.
"""

import gc
import gettext
import logging
import re
import threading
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from audit.reports import charts, fonts, jpeg
from audit.reports.view import PhotoView, ScorecardView
from audit.reports.wave_report import Report

fonts.configure()

# fontconfig reads its file when WeasyPrint is imported, and WeasyPrint warns where HarfBuzz has no subsetter.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import weasyprint  # type: ignore[import-untyped] # it ships no types
    import weasyprint.images  # type: ignore[import-untyped]
    from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
    from weasyprint.css.counters import CounterStyle  # type: ignore[import-untyped]
    from weasyprint.text import ffi  # type: ignore[import-untyped]
    from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

# WeasyPrint switches this on for the whole process; then half a photo would pass the intake.
weasyprint.images.ImageFile.LOAD_TRUNCATED_IMAGES = False

ReadPhoto = Callable[[str], bytes]
Tone = Literal["navy", "light"]

_AUDIT = Path(__file__).resolve().parent.parent
# Line breaks between elements are the template's, never a text's; each would become a box to lay out.
_BETWEEN = re.compile(r">\s*\n\s*<")
_log = logging.getLogger(__name__)
_progress = logging.getLogger("weasyprint.progress")
_own = threading.local()
# Without HarfBuzz's subsetter WeasyPrint cuts fonts in Python, which takes seconds; ours are small.
_WHOLE_FONTS = ffi.harfbuzz_subset is None


def render(
    view: ScorecardView,
    read_photo: ReadPhoto,
    *,
    tone: Tone = "navy",
    translations: gettext.NullTranslations | None = None,
) -> bytes:
    """Print a scorecard; the same view and photos give the same bytes.

    `read_photo` returns the JPEG of a photo's key. A photo that cannot be read does not stop the document:
    its place says so, and the log names it. `translations` default to the compiled ones of the language.
    """
    with _collection_paused():
        document = _laid_out(view, read_photo, tone, translations)
        # Without an identifier: to add one, every object is written and compressed a second time for its hash.
        printed: bytes = document.write_pdf(pdf_variant="pdf/ua-1", full_fonts=_WHOLE_FONTS)
    return printed


@contextmanager
def _collection_paused() -> Iterator[None]:
    """A document is a million objects that all live until its end: looking for garbage between is in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _laid_out(
    view: ScorecardView, read_photo: ReadPhoto, tone: Tone, translations: gettext.NullTranslations | None
) -> weasyprint.Document:
    """Lay the document out as roomy as page 1 allows; long texts and many factors make it denser."""
    fetcher = PhotoFetcher(view.photos, read_photo)
    for density in range(min(max(view.first_page_rows - 7, 0), 2), 4):
        html = html_of(view, tone=tone, density=density, translations=translations)
        document = Paper(html, fetcher).render(
            stylesheets=[_styles().own], font_config=font_configuration(), pdf_variant="pdf/ua-1"
        )
        if len(document.pages) > 1 and "details" in document.pages[1].anchors:
            return document
    _log.warning("scorecard %s: page 1 does not fit on one page", view.document.number)
    return document


def print_report(
    report: Report, told: Callable[[int], None], translations: gettext.NullTranslations | None = None
) -> bytes:
    """Print a report of a wave; `told` hears the number of each page when it is laid out."""
    environment = _environment(report.language) if translations is None else _new_environment(translations)
    html = environment.get_template("reports/wave_report_pdf.html").render(report=report)
    text = fonts.printable(_BETWEEN.sub("><", html))
    with _collection_paused(), _pages_told(told):
        paper = Paper(text, ChartFetcher(report.charts))
        document = paper.render(
            stylesheets=[_styles("wave_report").own], font_config=font_configuration(), pdf_variant="pdf/ua-1"
        )
        printed: bytes = document.write_pdf(pdf_variant="pdf/ua-1", full_fonts=_WHOLE_FONTS)
    return printed


@contextmanager
def _pages_told(told: Callable[[int], None]) -> Iterator[None]:
    """WeasyPrint says in its log which page it lays out; nowhere else."""
    listener = _PageListener(told)
    level, propagate = _progress.level, _progress.propagate
    _progress.addHandler(listener)
    _progress.setLevel(logging.INFO)
    _progress.propagate = False
    try:
        yield
    finally:
        _progress.removeHandler(listener)
        _progress.setLevel(level)
        _progress.propagate = propagate


class _PageListener(logging.Handler):
    """Hands on the numbers of the pages that this thread lays out."""

    def __init__(self, told: Callable[[int], None]) -> None:
        super().__init__()
        self.told, self.own_thread = told, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """A message about one page has its number as only argument."""
        if record.thread == self.own_thread and isinstance(record.args, tuple) and "Page %d" in record.msg:
            number = record.args[0]
            if isinstance(number, int):
                self.told(number)


def html_of(
    view: ScorecardView,
    *,
    tone: Tone = "navy",
    density: int = 0,
    translations: gettext.NullTranslations | None = None,
) -> str:
    """Fill the printed template; characters without a glyph are already replaced."""
    environment = _environment(view.language) if translations is None else _new_environment(translations)
    text = environment.get_template("reports/scorecard_pdf.html").render(
        view=view,
        tone=tone,
        density=density,
        gauge_tone=charts.DARK if tone == "navy" else charts.LIGHT,
        photo_url=lambda photo: f"photo:{photo.place}",
    )
    return fonts.printable(_BETWEEN.sub("><", text))


class Paper(weasyprint.HTML):
    """A filled template, read as XML, which takes a fiftieth of the time of reading HTML."""

    def __init__(self, text: str, fetcher: URLFetcher) -> None:
        # The base class would parse HTML; these are the attributes it sets.
        self.base_url = "photo:"
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(ET.fromstring(text), content_language=None)  # noqa: S314
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:
        del forms
        return [_styles().base]

    def _ua_counter_style(self) -> list[CounterStyle]:
        return [_styles().counters.copy()]


class PhotoFetcher(URLFetcher):
    """Serve the photos of one document by their place, and refuse every other address."""

    def __init__(self, photos: tuple[PhotoView, ...], read: ReadPhoto) -> None:
        super().__init__(allowed_protocols=("photo",), allow_redirects=False)
        self._keys: Mapping[str, str] = {f"photo:{photo.place}": photo.key for photo in photos}
        self._read = read

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the picture without its metadata; ValueError for anything that is not one of the photos."""
        del headers
        key = self._keys.get(url)
        if key is None:
            _log.error("scorecard: refused to fetch %.200s", url)
            raise ValueError(f"not a photo of this scorecard: {url[:200]}")
        try:
            content = jpeg.without_metadata(self._read(key))
        except Exception as problem:
            # One lost picture must not cost the branch its whole scorecard; the place of the photo says so.
            _log.exception("scorecard: photo %s cannot be printed", key)
            raise ValueError(f"photo {key} cannot be printed") from problem
        return URLFetcherResponse(url, content, {"Content-Type": "image/jpeg"})


class ChartFetcher(URLFetcher):
    """Serve the charts of one report by name, and refuse every other address."""

    def __init__(self, charts: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=("chart",), allow_redirects=False)
        self._known = {f"chart:{name}": svg for name, svg in charts.items()}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the chart; ValueError for anything else."""
        del headers
        if url not in self._known:
            _log.error("report: refused to fetch %.200s", url)
            raise ValueError(f"not a chart of this report: {url[:200]}")
        return URLFetcherResponse(url, self._known[url], {"Content-Type": "image/svg+xml"})


def font_configuration() -> FontConfiguration:
    """This thread's own fonts, made once."""
    if not hasattr(_own, "fonts"):
        _own.fonts = FontConfiguration()
    return _own.fonts


@dataclass(frozen=True)
class _Styles:
    """Parsed once for each thread: the elements' defaults with their counters, and the document's own look."""

    base: weasyprint.CSS
    counters: CounterStyle
    own: weasyprint.CSS


def _styles(look: str = "scorecard") -> _Styles:
    if not hasattr(_own, "styles"):
        _own.styles = {}
    known: dict[str, _Styles] = _own.styles
    if look not in known:
        counters, fonts_used, folder = CounterStyle(), font_configuration(), _AUDIT / "reports"
        base = weasyprint.CSS(
            filename=folder / "scorecard_base.css", font_config=fonts_used, counter_style=counters
        )
        own = weasyprint.CSS(filename=folder / f"{look}.css", font_config=fonts_used)
        known[look] = _Styles(base, counters, own)
    return known[look]


@cache
def _environment(language: str) -> Environment:
    return _new_environment(
        gettext.translation(
            "messages", _AUDIT / "translations", languages=[language], fallback=language == "en"
        )
    )


def _new_environment(translations: gettext.NullTranslations) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_AUDIT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    extension: Any = environment
    extension.install_gettext_translations(translations, newstyle=True)
    return environment
