"""The letters on paper: our fonts only, really embedded, really visible."""

import io
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops
from pypdf import PdfReader

from audit.reports import fonts, pdf
from audit.reports.data import Branch, ScorecardData

Sample = Callable[..., ScorecardData]
Short = Callable[[int], dict[str, Any]]
Sheet = Callable[..., bytes]
FILES = sorted(fonts.FOLDER.glob("*.ttf"))
GOLDEN = Path(__file__).with_name("golden-name.png")
NAME = Branch("Nguyễn Huệ", "CN7", "Điểm mạnh: Ữ Ặ Ộ ễ ợ ỹ đ, 1.250.000 ₫")


@pytest.fixture
def printed(sample: Sample, short: Short, sheet: Sheet) -> bytes:
    return sheet(sample(checklist=short(12), photos=0, branch=NAME))


def test_only_our_family_is_used_embedded_subset_and_searchable(printed: bytes, poppler: Any) -> None:
    rows = poppler("pdffonts", printed).decode().splitlines()[2:]
    assert 2 <= len(rows) <= 3
    for row in rows:
        name, *rest = row.split()
        assert name.split("+")[1].startswith("Inter"), row
        assert rest[-5:-2] == ["yes", "yes", "yes"], row


def test_every_font_program_holds_real_outlines(printed: bytes, objects_of: Any) -> None:
    programs = [one["/FontFile2"].get_object() for one in objects_of(printed) if "/FontFile2" in one]
    assert len(programs) >= 2
    assert all(len(program.get_data()) > 4000 for program in programs)


def test_the_name_is_visible_and_looks_as_it_should(printed: bytes, poppler: Any) -> None:
    raster = poppler("pdftoppm", printed, "-r", "100", "-gray", "-f", "1", "-l", "1")
    # The eyebrow, the name and the address: 13 to 120 mm across, 18 to 57 mm down.
    part = Image.open(io.BytesIO(raster)).crop((51, 71, 472, 224))
    light = sum(part.histogram()[160:]) / (part.width * part.height)
    assert 0.02 < light < 0.3, "white letters on navy"
    difference = ImageChops.difference(part, Image.open(GOLDEN)).histogram()
    assert sum(difference[100:]) / (part.width * part.height) < 0.002


def test_extracted_text_is_the_composed_source(printed: bytes) -> None:
    text = " ".join(PdfReader(io.BytesIO(printed)).pages[0].extract_text().split())
    assert NAME.name in text
    assert NAME.address in text
    assert text == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_bundled_fonts_are_static_and_hold_every_letter_and_sign(path: Path) -> None:
    font = TTFont(path)
    assert "fvar" not in font
    known = font.getBestCmap()
    letters = {
        letter
        for base in "aăâeêioôơuưyđAĂÂEÊIOÔƠUƯYĐ"
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
        for letter in unicodedata.normalize("NFC", base + tone)
        if len(unicodedata.normalize("NFC", base + tone)) == 1
    }
    assert not {sign for sign in [*letters, *"✓✗△▲–—−₫“”…•×→±½\u0301\u0309"] if ord(sign) not in known}


def test_there_is_one_file_per_weight_and_no_font_face_in_the_stylesheet() -> None:
    assert sorted(TTFont(path)["OS/2"].usWeightClass for path in FILES) == [400, 600, 700]
    sheet = (Path(pdf.__file__).parent / "scorecard.css").read_text()
    assert "unicode-range" not in sheet
    assert "@font-face" not in sheet


def test_the_web_font_holds_the_same_letters() -> None:
    web = TTFont(fonts.FOLDER.parent / "inter.woff2")
    assert "fvar" in web
    assert set(TTFont(FILES[0]).getBestCmap()) - set(web.getBestCmap()) == set()
    assert (fonts.FOLDER.parent / "inter.woff2").stat().st_size < 150_000


@pytest.mark.parametrize(
    ("written", "printed_as"),
    [
        ("Rất tốt 👍🏽", "Rất tốt (+)"),
        ("Buồn 😡😡 lắm", "Buồn :( lắm"),
        ("Vui 🙂❤️", "Vui :) ♥"),
        ("Gia đình 👨\u200d👩\u200d👧 vào", "Gia đình […] vào"),
        ("Ghi 日本語 ở đây", "Ghi […] ở đây"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("✓ ✗ △ − ₫", "✓ ✗ △ − ₫"),
    ],
)
def test_what_has_no_letter_becomes_readable_instead_of_a_box(written: str, printed_as: str) -> None:
    assert fonts.printable(written) == printed_as


def test_two_threads_never_share_a_font_configuration() -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(pdf.font_configuration())) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()
    found.append(pdf.font_configuration())
    assert len({id(one) for one in found}) == 3
    assert pdf.font_configuration() is found[-1]
