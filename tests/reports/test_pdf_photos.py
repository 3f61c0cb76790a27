"""Photos in the printed scorecard: small, clean, and the only thing that is ever fetched."""

import io
import logging
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import weasyprint
from PIL import Image, ImageFile
from pypdf import PdfReader

from audit.reports import jpeg, pdf
from audit.reports.data import Photo, ScorecardData
from audit.reports.scorecard import build

Sample = Callable[..., ScorecardData]
Short = Callable[[int], dict[str, Any]]
Sheet = Callable[..., bytes]


def with_photos(sample: Sample, short: Short, *keys: str) -> ScorecardData:
    data = sample(checklist=short(12), quality=0.2, photos=0)
    lost = [entry["id"] for entry in data.result["questions"] if entry["lost_shown"] != "0.0"]
    return replace(data, photos=tuple(Photo(lost[place % len(lost)], key) for place, key in enumerate(keys)))


@pytest.fixture
def images(objects_of: Any) -> Callable[[bytes], list[Any]]:
    """The function that lists the pictures of a PDF."""
    return lambda content: [one for one in objects_of(content) if one.get("/Subtype") == "/Image"]


def test_eight_photos_stay_small_and_are_kept_as_jpeg(sample: Sample, sheet: Sheet, images: Any) -> None:
    content = sheet(sample(photos=8, quality=0.5))
    assert len(content) < 1_000_000
    assert len(images(content)) == 8
    assert {image["/Filter"] for image in images(content)} == {"/DCTDecode"}
    assert max(int(image["/Width"]) for image in images(content)) <= 1000


def test_no_metadata_of_a_photo_reaches_the_file(sample: Sample, short: Short, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRETPLACE"
    exif[0x8825] = {1: "N", 2: (10.0, 2.0, 3.0)}
    stored = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(
        stored, "JPEG", exif=exif, comment=b"SECRETNOTE", icc_profile=b"SECRETPROFILE"
    )
    original = stored.getvalue() + b"PK\x03\x04SECRETTAIL"
    assert original.count(b"SECRET") == 4
    content = pdf.render(build(with_photos(sample, short, "one"), "en"), lambda _: original)
    (tmp_path / "sheet.pdf").write_bytes(content)
    subprocess.run(["pdfimages", "-all", tmp_path / "sheet.pdf", tmp_path / "image"], check=True)
    (found,) = tmp_path.glob("image-*")
    assert b"SECRET" not in found.read_bytes()
    with Image.open(found) as picture:
        assert not picture.getexif()
    assert b"SECRET" not in content


def test_a_missing_photo_leaves_its_words_and_a_line_in_the_log(
    sample: Sample, short: Short, sheet: Sheet, images: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        content = sheet(with_photos(sample, short, "photo-1", "missing-7"))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "Ảnh 2, câu" in " ".join(text.split())
    assert any("missing-7" in record.getMessage() for record in caplog.records)
    assert len(images(content)) == 1


def test_a_file_that_only_claims_to_be_a_photo_is_not_printed(
    sample: Sample, short: Short, images: Any
) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/><text>root</text></svg>'
    content = pdf.render(build(with_photos(sample, short, "one"), "en"), lambda _: svg)
    assert not images(content)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "Photo 1, question" in " ".join(text.split())


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/x",
        "https://example.com/",
        "data:text/plain,x",
        "photo:7",
        "photo:../x",
    ],
)
def test_nothing_but_the_photos_of_the_scorecard_can_be_fetched(
    sample: Sample, short: Short, address: str
) -> None:
    view = build(with_photos(sample, short, "one"), "en")
    with pytest.raises(ValueError, match="not a photo of this scorecard"):
        pdf.PhotoFetcher(view.photos, lambda _: b"").fetch(address)


def test_an_attachment_in_a_comment_attaches_nothing(sample: Sample, short: Short, sheet: Sheet) -> None:
    link = '<a rel="attachment" href="file:///etc/hostname">x</a>'
    data = with_photos(sample, short)
    answers = {name: {**answer, "comment": link} for name, answer in data.answers.items()}
    content = sheet(replace(data, answers=answers))
    assert b"EmbeddedFile" not in content
    assert link in " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split()
    )


def test_even_unescaped_markup_could_not_attach_a_file() -> None:
    page = '<html lang="en"><title>x</title><a rel="attachment" href="file:///etc/hostname">x</a>'
    fetcher = pdf.PhotoFetcher((), lambda _: b"")
    content = weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf(
        font_config=pdf.font_configuration()
    )
    assert b"/EmbeddedFile" not in content


def test_loading_the_printer_does_not_let_broken_photos_pass_elsewhere() -> None:
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    whole = io.BytesIO()
    Image.effect_noise((400, 300), 40).save(whole, "JPEG")
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(whole.getvalue()[: len(whole.getvalue()) // 2])).load()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_cutting_metadata_keeps_every_pixel(mode: str, progressive: bool) -> None:
    stored = io.BytesIO()
    noise = Image.effect_noise((160, 120), 60).convert(mode)
    noise.save(stored, "JPEG", progressive=progressive, comment=b"gone")
    clean = jpeg.without_metadata(stored.getvalue())
    assert b"gone" not in clean
    assert Image.open(io.BytesIO(clean)).tobytes() == Image.open(stored).tobytes()


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"%PDF-1.7"]
)
def test_what_is_no_jpeg_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="JPEG"):
        jpeg.without_metadata(content)


def test_half_a_jpeg_is_refused() -> None:
    stored = io.BytesIO()
    Image.effect_noise((160, 120), 60).save(stored, "JPEG")
    with pytest.raises(ValueError, match="cut off"):
        jpeg.without_metadata(stored.getvalue()[:2000])
