"""A realistic visit to print: the built-in retail checklist with seeded answers and drawn photos."""

import gettext
import io
import json
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from PIL import Image, ImageDraw
from pypdf import PdfReader
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.reports import pdf
from audit.reports.data import (
    Action,
    Branch,
    Change,
    Dispute,
    Network,
    Photo,
    Repeat,
    ScorecardData,
    WavePoint,
)
from audit.reports.scorecard import build
from audit.scoring.visit import score
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.insights.cards import card

BUILTIN = Path(__file__).resolve().parents[2] / "audit" / "checklists" / "builtin"
SEEN = (
    "Chỉ còn 2/5 mặt hàng trên kệ phía trái, nhãn giá của 3 sản phẩm bị thiếu.",
    "Nhân viên trả lời “em không rõ lắm, để em hỏi lại” nhưng sau đó không quay lại.",
    "Thu ngân không hỏi số điện thoại tích điểm và không đọc lại số tiền thối 245.000 ₫.",
    "Khu vực gọn gàng, thơm tho.",
    "Phải chờ vì chỉ mở một quầy trong khi có bốn khách đứng xếp hàng.",
)
FACTORS = ("issue", "attitude", "convenience", "consistency", "speed")


def _answer(question: dict[str, Any], luck: random.Random, quality: float) -> dict[str, Any]:
    kind, good = question["type"], luck.random() < quality
    if question.get("na") and luck.random() < 0.12:
        return {"na": True}
    if kind == "yesno":
        best = question.get("good", "yes")
        value: Any = best if good else ("no" if best == "yes" else "yes")
    elif kind == "single":
        ordered = sorted(question["options"], key=lambda option: -Fraction(option.get("points", 0)))
        value = ordered[0 if good else min(len(ordered) - 1, luck.randrange(1, 4))]["id"]
    elif kind == "multi":
        wanted = [option for option in question["options"] if (Fraction(option.get("points", 0)) > 0) == good]
        value = [option["id"] for option in wanted[: 2 if not good else None]]
    elif kind == "scale":
        value = question["max"] if good else luck.randrange(question["min"], question["max"])
    elif kind == "number":
        value = 2
    elif kind == "duration":
        value = {
            "start": "2026-11-14T10:05:00+07:00",
            "end": f"2026-11-14T10:{'07' if good else '14'}:30+07:00",
        }
    elif kind == "text":
        return {"value": "Nhân viên thân thiện, cửa hàng sạch; thanh toán còn chậm vào giờ đông khách."}
    else:
        return {"photos": 1}
    answer = {"value": value, "photos": int(question.get("photo", "never") != "never")}
    if not good or luck.random() < 0.25:
        answer["comment"] = luck.choice(SEEN)
    return answer


def answered(checklist: dict[str, Any], seed: int, quality: float) -> dict[str, Any]:
    """Answers to every question of a checklist; `quality` is the share of good ones."""
    luck, answers = random.Random(seed), {}
    for question in checklist["questions"]:
        answers[question["id"]] = _answer(question, luck, quality)
    return answers


def picture(number: int, size: tuple[int, int] = (960, 720), **saved: Any) -> bytes:
    """A drawn photo with enough detail to weigh what a real one does."""
    luck = random.Random(number)
    # Not Pillow's own noise: that depends on what the process drew before.
    noise = Image.frombytes("L", size, luck.randbytes(size[0] * size[1]))
    image = noise.point([100 + value * 7 // 32 for value in range(256)]).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = luck.randrange(size[0]), luck.randrange(size[1])
        colour = tuple(luck.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + luck.randrange(30, 260), y + luck.randrange(20, 160)), fill=colour)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=60, **saved)
    return target.getvalue()


class Album:
    """Photos by key, made when first asked for."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def read(self, key: str) -> bytes:
        if key.startswith("missing"):
            raise FileNotFoundError(key)
        if key not in self.known:
            number = int(key.rsplit("-", 1)[1])
            self.known[key] = picture(number, (720, 960) if number % 4 == 3 else (960, 720))
        return self.known[key]


def objects(content: bytes) -> list[Any]:
    """Every object of a PDF, those in object streams included."""
    reader = PdfReader(io.BytesIO(content))
    size = int(reader.trailer["/Size"])  # type: ignore[arg-type] # a number by the format
    return [reader.get_object(number) for number in range(1, size)]


def waves(count: int) -> tuple[WavePoint, ...]:
    names = ("Quý 3/2025", "Quý 4/2025", "Quý 1/2026", "Quý 2/2026", "Quý 3/2026", "Quý 4/2026")
    means = (("153/2", 3), ("731/10", 4), ("354/5", 2), ("751/10", 3), ("739/10", 4), ("153/2", 2))
    network = ("828/10", "821/10", "84", "85", "855/10", "859/10")
    return tuple(
        WavePoint(names[place], *means[place], network=network[place]) for place in range(6 - count, 6)
    )


def make(
    quality: float = 0.75, photos: int = 3, trend: int = 6, seed: int = 7, **changed: Any
) -> ScorecardData:
    """One scorecard's data; keyword arguments replace fields, `answers` are scored anew."""
    checklist = changed.pop("checklist", None) or json.loads((BUILTIN / "retail.json").read_text())
    answers = changed.pop("answers", None) or answered(checklist, seed, quality)
    result = changed.pop("result", None) or score(checklist, answers)
    assert result["status"] == "scored", result
    lost = [entry["id"] for entry in sorted(result["questions"], key=lambda one: -Fraction(one["lost"]))]
    shown = [Photo(lost[place % 6], f"photo-{place}", "Ảnh chụp lúc vào cửa hàng") for place in range(photos)]
    data = ScorecardData(
        client="Chuỗi Sao Mai",
        branch=Branch("Ninh Kiều", "CN003", "9 Hai Bà Trưng, phường Ninh Kiều, Cần Thơ"),
        wave="Quý 4/2026",
        day=date(2026, 11, 14),
        daypart="morning",
        checklist=checklist,
        checklist_version=3,
        checklist_sha="9f2c4e8a7b" + "0" * 54,
        answers=answers,
        result=result,
        number="PD-2026Q4-0003",
        released_on=date(2026, 11, 18),
        branch_visits=2,
        photos=tuple(shown),
        network=Network(
            "859/10", dict(zip(FACTORS, ("88", "87", "175/2", "85", "403/5"), strict=True)), 296, 148
        ),
        trend=waves(trend),
        change=Change("unclear", "13/5", "-7/2", "9"),
        dispute=Dispute(date(2026, 11, 25)),
        actions=(
            Action("Bổ sung nhãn giá cho kệ trái, kiểm tra đầu ca", "Quản lý ca", date(2026, 12, 1), lost[0]),
        ),
        repeats=(Repeat(lost[0], 3, 4),),
        contact="khieunai@example.vn",
    )
    return replace(data, **changed)


@pytest.fixture
def sample() -> Callable[..., ScorecardData]:
    """The function that makes a scorecard's data."""
    return make


@pytest.fixture(scope="session")
def album() -> Album:
    """Drawn photos, shared by all tests."""
    return Album()


def short_checklist(count: int) -> dict[str, Any]:
    """The first questions of the retail checklist, for documents that need not be long."""
    checklist = json.loads((BUILTIN / "retail.json").read_text())
    return {**checklist, "questions": checklist["questions"][:count]}


@pytest.fixture
def short() -> Callable[[int], dict[str, Any]]:
    """The function that makes a checklist of the first `count` questions."""
    return short_checklist


@pytest.fixture(scope="session")
def vietnamese() -> gettext.NullTranslations:
    """The Vietnamese catalogue as committed, whether it has been compiled or not."""
    source = BUILTIN.parents[1] / "translations" / "vi" / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale="vi"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@pytest.fixture(scope="session")
def sheet(album: Album, vietnamese: gettext.NullTranslations) -> Callable[..., bytes]:
    """The function that prints a scorecard in Vietnamese; the same data is printed once."""
    known: dict[str, bytes] = {}

    def print_once(data: ScorecardData, tone: str = "navy") -> bytes:
        name = repr((data, tone))
        if name not in known:
            known[name] = pdf.render(build(data, "vi"), album.read, tone=tone, translations=vietnamese)
        return known[name]

    return print_once


@pytest.fixture(scope="session")
def objects_of() -> Callable[[bytes], list[Any]]:
    """The function that lists the dictionaries of a PDF."""
    return lambda content: [one for one in objects(content) if isinstance(one, dict)]


@pytest.fixture(scope="session")
def poppler() -> Callable[..., bytes]:
    """The function that runs one of poppler's programs on a PDF and returns what it wrote."""

    def run(program: str, content: bytes, *options: str) -> bytes:
        path = shutil.which(program)
        assert path, f"{program} is missing: install poppler-utils"
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            return subprocess.run([path, *options, file.name], check=True, capture_output=True).stdout

    return run


@pytest.fixture
def wave(session: Session, world: World, admin: Person, shopper: Person) -> Wave:
    """Visits at the bank's three branches: 60, 70, 80; 90; one without a score. One at the other client."""
    made, other = factories.wave(world.client, admin, name="Quý 4"), factories.wave(world.foreign, admin)
    for points, speed in ((60, 50), (70, 60), (80, 70)):
        card(made, world.branch, shopper, points, {"issue": points, "attitude": 100, "speed": speed})
    card(made, world.second_branch, shopper, 90, {"issue": 90, "attitude": 90, "speed": 90})
    card(made, world.southern_branch, shopper, None)
    card(other, world.foreign_branch, shopper, 10)
    session.commit()
    return made
