"""The printed scorecard: one poster page, whole sentences, the same bytes every time."""

import hashlib
import io
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from audit.reports import pdf
from audit.reports.data import Branch, Dispute, Photo, ScorecardData
from audit.reports.scorecard import build

Sample = Callable[..., ScorecardData]
Short = Callable[[int], dict[str, Any]]
Sheet = Callable[..., bytes]
LONG = "Cửa hàng Tiện lợi Nguyễn Thị Minh Khai nối dài – Đường Số 7 Q"
ADDRESS = "Số 1234/56/78 đường Nguyễn Thị Minh Khai nối dài, phường Tân Phú, Quận 7, Thành phố Hồ Chí Minh"


def pages(content: bytes) -> list[str]:
    """The text of each page with single spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_page_1_says_what_someone_with_one_minute_needs(sample: Sample, sheet: Sheet) -> None:
    data = sample(seed=5, quality=0.6)
    first = pages(sheet(data))[0]
    view = build(data, "vi")
    for text in (
        *("Ninh Kiều", "CN003", "14/11/2026", "Buổi sáng", view.score, view.band.title),
        *("Xử lý tình huống", "Thái độ, chuyên môn", "Sự tiện lợi", "Thông tin đồng nhất", "Tốc độ"),
        *("Thay đổi 3 (−4 đến 9): chưa đủ lượt để nói", "Khiếu nại: đến hết ngày 25/11/2026", "n = 296 lượt"),
        *(f"Câu {row.number}." for row in view.losses),
        *(row.lost for row in view.losses),
    ):
        assert text in first, text
    assert "hạng" not in first.lower()


def test_the_rest_says_every_question_and_the_small_print(sample: Sample, sheet: Sheet) -> None:
    data = sample(seed=5, quality=0.6)
    view = build(data, "vi")
    text = " ".join(pages(sheet(data))[1:])
    letters = text.replace(" ", "")  # a question may be broken after a slash
    for row in (row for section in view.sections for row in section.rows):
        assert row.text.replace(" ", "") in letters, row.text
    for sentence in (
        "Một kết quả riêng lẻ không phải là căn cứ để sa thải.",
        "SOI.Pro năm 2015",
        "n = 138",
        f"Cộng: mất {view.summary.total} = 100 − {view.score}",
        f"{view.score} / 100 – mất {view.summary.lost} điểm ở {view.summary.count} câu",
        "PD-2026Q4-0003 · bản 1",
        "9f2c4e8a7b",
        "Quản lý ca",
    ):
        assert sentence in text, sentence


def test_no_exact_time_is_printed(sample: Sample, sheet: Sheet) -> None:
    text = " ".join(pages(sheet(sample(seed=5, quality=0.6))))
    assert "10:05" not in text
    assert "10:07" not in text


def test_english_is_english_throughout(sample: Sample, album: Any) -> None:
    text = " ".join(pages(pdf.render(build(sample(photos=0), "en"), album.read)))
    for sentence in (
        "Score by factor",
        "A single result is no ground for dismissal.",
        "Page 1 /",
        "too few visits to say",
    ):
        assert sentence in text, sentence
    assert "%(" not in text
    assert "%%" not in text


def test_a_missing_change_and_a_missing_network_are_said_in_words(
    sample: Sample, short: Short, sheet: Sheet
) -> None:
    data = sample(checklist=short(10), photos=0, change=None, network=None, trend=0, dispute=None)
    first = pages(sheet(data))[0]
    assert "Chưa đủ lượt để so sánh" in first
    assert "chưa có lượt khác để so sánh" in first
    assert "Khiếu nại" not in first
    assert "đợt gần nhất" not in first


def test_version_2_gives_its_reason(sample: Sample, short: Short, sheet: Sheet) -> None:
    data = sample(checklist=short(10), photos=0, version=2, reason="Khiếu nại câu 5 được chấp nhận.")
    last = pages(sheet(data))[-1]
    assert "Bản 2. Khiếu nại câu 5 được chấp nhận." in last
    assert "bản 2" in last


POSTERS: list[dict[str, Any]] = [
    {"quality": 1.0, "photos": 0, "trend": 1, "branch": Branch("A", "A1", "Huế")},
    {"quality": 0.0, "photos": 8, "trend": 6, "branch": Branch(LONG[:60], "HCM-Q7-0147", ADDRESS)},
    {"quality": 0.4, "photos": 1, "trend": 2, "branch": Branch("Nguyễn Huệ – Bến Thành", "CN01", ADDRESS)},
    {
        "quality": 0.9,
        "photos": 3,
        "trend": 4,
        "branch": Branch("Chi nhánh Đường 3 Tháng 2", "CN32", "Cần Thơ"),
    },
]
REASON = "Biên bản bàn giao và ảnh camera cho thấy kệ đủ hàng lúc người ghé thăm đến. " * 4
POSTERS.append({**POSTERS[1], "version": 2, "reason": REASON})


@pytest.mark.parametrize(
    ("changes", "overall"), [*((changes, None) for changes in POSTERS), (POSTERS[1], "9996/100")]
)
def test_page_1_is_exactly_one_page(
    sample: Sample, short: Short, sheet: Sheet, changes: dict[str, Any], overall: str | None
) -> None:
    data = sample(checklist=short(24), **changes)
    if overall:
        data = replace(data, result={**data.result, "overall": overall, "overall_shown": "100.0"})
    found = pages(sheet(data))
    assert "Đã chấm" in found[0]
    assert "dưới 60" in found[0], "the legend is the last line of page 1"
    assert "Kết quả từng câu hỏi" in found[1]
    assert found[1].index("Kết quả từng câu hỏi") < 250


def test_page_1_holds_eight_long_factors_and_many_adjustments(
    sample: Sample, short: Short, sheet: Sheet
) -> None:
    checklist = short(30)
    for number in range(3):
        checklist["factors"].append(
            {
                "id": f"f{number}",
                "weight": 20,
                "title": {"vi": f"Trải nghiệm khách hàng tổng thể số {number}"},
            }
        )
    for question in [one for one in checklist["questions"] if one.get("factor")][:6]:
        question["text"] = {"vi": "Câu hỏi rất dài về cách nhân viên chào đón và hướng dẫn khách, " * 4}
    plain = [one for one in checklist["questions"] if one["type"] == "yesno" and one.get("weight", 1)]
    for number, question in enumerate(plain[-5:]):
        question["factor"] = f"f{number % 3}"
        question["knockout"] = {"scope": "factor", "cap": 10}
        question.pop("na", None)
    data = sample(checklist=checklist, quality=0.2, seed=2, contact="khieunai@example.vn, 0292 3 123 456")
    found = pages(sheet(data))
    assert "dưới 60" in found[0]
    assert "Kết quả từng câu hỏi" in found[1]


@pytest.mark.parametrize("count", [18, 20, 21, 23])
def test_no_page_holds_a_single_row_or_only_a_heading(
    sample: Sample, short: Short, sheet: Sheet, count: int
) -> None:
    data = sample(checklist=short(count), quality=0.5, photos=count % 4, actions=(), repeats=())
    questions = [row.text for section in build(data, "vi").sections for row in section.rows]
    for text in pages(sheet(data))[1:]:
        rows = sum(question.replace(" ", "") in text.replace(" ", "") for question in questions)
        assert rows != 1 or "Ảnh 1 ·" in text
        assert len(text) > 250, text


def test_the_file_is_tagged_titled_and_bookmarked(sample: Sample, sheet: Sheet) -> None:
    reader = PdfReader(io.BytesIO(sheet(sample(seed=5, quality=0.6))))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "vi"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert reader.metadata is not None
    assert "Ninh Kiều" in str(reader.metadata.title)
    assert reader.metadata.creation_date_raw.startswith("D:20261118")
    titles = [entry.title for entry in _flat(reader.outline)]
    assert {"Ninh Kiều", "Điểm theo yếu tố", "Kết quả từng câu hỏi", "Ảnh", "Về phiếu điểm này"} <= set(
        titles
    )


def _flat(outline: Any) -> list[Any]:
    return [one for entry in outline for one in (_flat(entry) if isinstance(entry, list) else [entry])]


def test_every_figure_has_a_text_for_those_who_cannot_see_it(
    sample: Sample, short: Short, sheet: Sheet, objects_of: Any
) -> None:
    found = objects_of(sheet(sample(checklist=short(24), photos=3)))
    figures = [one for one in found if one.get("/S") == "/Figure"]
    assert len(figures) >= 1 + 5 + 1 + 3
    assert all(figure.get("/Alt") for figure in figures)


def test_layout_tables_are_not_tagged_as_tables(
    sample: Sample, short: Short, sheet: Sheet, objects_of: Any
) -> None:
    found = objects_of(sheet(sample(checklist=short(24), photos=3)))
    assert (
        3 <= sum(one.get("/S") == "/Table" for one in found) <= 6
    )  # factors, questions (a part a page), actions


def test_markup_in_names_and_comments_prints_as_it_was_written(
    sample: Sample, short: Short, sheet: Sheet
) -> None:
    odd = "<b>Tâm & Tín</b> {{ 7*7 }} {% if %}"
    data = sample(checklist=short(12), quality=0.0, photos=0, branch=Branch(odd, "<i>", "&amp;"))
    answers = {name: {**answer, "comment": odd} for name, answer in data.answers.items()}
    text = " ".join(pages(sheet(replace(data, answers=answers))))
    assert text.count(odd) >= 3
    assert "49" not in text.replace("−49", "")


def test_characters_that_xml_forbids_do_not_stop_the_document(
    sample: Sample, short: Short, sheet: Sheet
) -> None:
    forbidden = "".join(chr(code) for code in (*range(1, 32), 127, 0x85, 0x2028, 0xFFFE, 0xFFFF))
    odd = f"Đầu{forbidden}cuối ]]> &nbsp; &amp; <!-- x --> <![CDATA[y"
    data = sample(checklist=short(12), quality=0.0, photos=0)
    answers = {name: {**answer, "comment": odd} for name, answer in data.answers.items()}
    text = " ".join(pages(sheet(replace(data, answers=answers))))
    assert text.count("]]> &nbsp; &amp; <!-- x --> <![CDATA[y") >= 3
    assert "Đầu" in text


def test_the_same_data_give_the_same_bytes_in_two_processes_and_after_a_fork(
    sample: Sample, short: Short, album: Any
) -> None:
    script = (
        "import hashlib, importlib.util, os, sys, glob, tempfile\n"
        f"place = {str(Path(__file__).with_name('conftest.py'))!r}\n"
        "spec = importlib.util.spec_from_file_location('sample', place)\n"
        "sample = importlib.util.module_from_spec(spec); spec.loader.exec_module(sample)\n"
        "from audit.reports import pdf\n"
        "from audit.reports.scorecard import build\n"
        "view = build(sample.make(checklist=sample.short_checklist(10), photos=1), 'en')\n"
        "album = sample.Album()\n"
        "child = os.fork() or sys.exit(0)\n"
        "os.waitpid(child, 0)\n"
        "content = pdf.render(view, album.read)\n"
        "folders = glob.glob(tempfile.gettempdir() + '/weasyprint-*')\n"
        "print(hashlib.sha256(content).hexdigest(), len(folders))\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout
    digest, folders = printed.split()
    view = build(sample(checklist=short(10), photos=1), "en")
    here = [hashlib.sha256(pdf.render(view, album.read)).hexdigest() for _ in range(2)]
    assert here == [digest, digest]
    assert folders == "0"


def test_another_day_or_number_is_another_file(sample: Sample, short: Short, sheet: Sheet) -> None:
    data = sample(checklist=short(10), photos=0, dispute=Dispute(date(2026, 11, 25)))
    assert sheet(data) != sheet(replace(data, released_on=date(2026, 11, 19)))


def test_a_light_variant_prints_no_navy_band(
    sample: Sample, short: Short, sheet: Sheet, poppler: Any
) -> None:
    data = sample(checklist=short(10), photos=0)
    dark, light = (
        poppler("pdftoppm", sheet(data, tone), "-r", "20", "-gray", "-f", "1", "-l", "1")
        for tone in ("navy", "light")
    )
    assert sum(byte < 90 for byte in dark[20:]) > 8 * sum(byte < 90 for byte in light[20:])


def test_time_grows_slower_than_the_questions(sample: Sample, short: Short, album: Any) -> None:
    views = [build(sample(checklist=short(count), photos=3), "en") for count in (10, 45)]
    spent = []
    for view in views:
        pdf.render(view, album.read)
        runs = []
        for _ in range(2):
            start = time.process_time()
            pdf.render(view, album.read)
            runs.append(time.process_time() - start)
        spent.append(min(runs))
    assert spent[1] < 3 * spent[0], spent


def test_photos_listed_twice_are_embedded_once(sample: Sample, short: Short, sheet: Sheet) -> None:
    data = sample(checklist=short(12), quality=0.0, photos=0)
    lost = [entry["id"] for entry in data.result["questions"] if entry["lost_shown"] != "0.0"]
    one = replace(data, photos=(Photo(lost[0], "photo-1"),))
    assert len(sheet(one)) - len(sheet(data)) < 1.5 * 100_000
