"""The planning sentences of a wave (scoring.md 4.3): numbers of the table in 4.1, their source, the quota."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.insights.precision import trust_of
from audit.insights.precision_words import hundredths
from audit.visits.lifecycle import State
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.insights.cards import card
from tests.insights.conftest import heading, rows

Browser = Callable[[Person | None], FlaskClient]


@pytest.fixture
def planned(world: World, admin: Person, session: Session) -> Wave:
    """A wave of twenty branches without any visit yet."""
    for number in range(20):
        factories.branch(world.north, f"P{number:02}", f"Nơi {number}")
    wave = factories.wave(world.client, admin, fee=180_000, expense_cap=20_000)
    session.commit()
    return wave


def precision(browser: FlaskClient, wave: Wave, **asked: object) -> str:
    """The page's text on one line."""
    answer = browser.get(f"/waves/{wave.id}/precision", query_string={"branches": 20, **asked})
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_sentences_of_the_usual_plan_with_what_is_assumed(
    client_of: Browser, planned: Wave, world: World, admin: Person, session: Session
) -> None:
    for branch in (world.branch, world.second_branch, world.southern_branch):
        branch.active = False  # twenty are left
    session.commit()
    page = precision(client_of(admin), planned)
    assert heading(page) == "60 lượt cho biết điểm mạng lưới chính xác đến ± 2,5 điểm"
    assert "60 lượt: 10.800.000 ₫ tiền công và nhiều nhất 1.200.000 ₫ chi phí" in page
    assert "Điểm mạng lưới chính xác đến ± 2,5 điểm" in page
    assert "Chỉ thấy được thay đổi của mạng lưới nếu ≥ 5,4 điểm" in page
    assert "Điểm một chi nhánh: ± 11" in page
    assert "Chỉ thấy được thay đổi của một chi nhánh nếu ≥ 24 điểm" in page
    assert "Thứ hạng: độ tin cậy 0,34 – không nên dùng để thưởng phạt" in page
    assert "s = 12: giả định" in page
    assert "τ = 5: giả định" in page
    assert "Biết một chi nhánh đến ± 8 điểm: 7 lượt mỗi chi nhánh" in page
    assert "Thấy được một chi nhánh thay đổi 10 điểm: 18 lượt mỗi chi nhánh" in page
    assert "Thứ hạng có độ tin cậy 0,7: 14 lượt mỗi chi nhánh" in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("visits", "words"), [(3, "không nên dùng"), (6, "dùng dè dặt"), (14, "có thể dùng để khen thưởng")]
)
def test_what_ranks_may_be_used_for(
    client_of: Browser, planned: Wave, admin: Person, visits: int, words: str
) -> None:
    assert words in precision(client_of(admin), planned, visits=visits)


def test_the_last_waves_replace_what_was_assumed(
    client_of: Browser, planned: Wave, world: World, admin: Person, shopper: Person, session: Session
) -> None:
    before = factories.wave(
        world.client,
        admin,
        planned.version,
        name="Quý trước",
        starts_on=date(2026, 7, 1),
        ends_on=date(2026, 9, 30),
    )
    for number in range(6):  # two visits each, 10 points apart: s² = 50; the branches differ by 12 a step
        branch = factories.branch(world.north, f"S{number}", f"Cũ {number}")
        card(before, branch, shopper, 20 + 12 * number)
        card(before, branch, shopper, 30 + 12 * number)
    session.commit()
    page = precision(client_of(admin), planned, visits=2)
    assert "s = 7,1: tính từ" in page
    assert "tính từ Quý trước" in page
    assert "Điểm một chi nhánh: ± 8" in page
    assert "giả định" not in page


def test_what_is_planned_and_done_by_part(
    client_of: Browser, planned: Wave, world: World, admin: Person, shopper: Person, session: Session
) -> None:
    world.branch.format = "Phòng giao dịch"
    for state in (State.PLANNED, State.SUBMITTED, State.CANCELLED):
        factories.visit(planned, world.branch, shopper if state == State.SUBMITTED else None, state)
    factories.visit(planned, world.southern_branch, shopper, State.RELEASED)
    factories.visit(planned, world.southern_branch, shopper, State.ABORTED)
    session.commit()
    answer = client_of(admin).get(f"/waves/{planned.id}/precision").text
    table = rows(answer.rsplit("<table", 1)[1])
    assert "Đã lên kế hoạch và đã làm: 2 trong 3 lượt" in answer
    assert ["Khu vực", world.north.name, "2", "1"] in table
    assert ["Hình thức", "Phòng giao dịch", "2", "1"] in table or any(
        "Phòng giao dịch" in row for row in table
    )
    assert ["Buổi", "buổi sáng", "–", "2"] in table  # 10:05 by the branch's clock
    assert ["Loại ngày", "Thứ Bảy và Chủ nhật", "–", "2"] in table
    # three visits to two branches: two each, as near as that is possible
    assert "2 lượt mỗi chi nhánh" in " ".join(answer.split())


@pytest.mark.parametrize(
    "query",
    ["visits=0", "visits=x", "branches=-1", "half=0", "reliability=1", "visits=999999999", "change=%00"],
)
def test_nonsense_in_the_address_does_no_harm(
    client_of: Browser, planned: Wave, admin: Person, query: str
) -> None:
    answer = client_of(admin).get(f"/waves/{planned.id}/precision?{query}")
    assert answer.status_code == 200
    assert "None" not in answer.text


@pytest.mark.parametrize("name", ["shopper", "editor", "branch_manager", "area_manager", "head_office"])
def test_is_for_those_who_plan(
    client_of: Browser, planned: Wave, name: str, request: pytest.FixtureRequest
) -> None:
    assert client_of(request.getfixturevalue(name)).get(f"/waves/{planned.id}/precision").status_code == 403


def test_an_unknown_wave_is_not_found(client_of: Browser, world: World, admin: Person) -> None:
    assert client_of(admin).get("/waves/999999/precision").status_code == 404


def test_the_waves_page_leads_there(client_of: Browser, planned: Wave, admin: Person) -> None:
    assert f"/waves/{planned.id}/precision" in client_of(admin).get(f"/waves/{planned.id}").text


def test_the_tables_are_files_with_the_figures_of_the_page(
    client_of: Browser, planned: Wave, world: World, admin: Person, shopper: Person, session: Session
) -> None:
    factories.visit(planned, world.branch, shopper, State.SUBMITTED)
    factories.visit(planned, world.southern_branch, None, State.PLANNED)
    session.commit()
    browser = client_of(admin)
    page = precision(browser, planned, visits=5, reliability="0.8")
    links = [unescape(link) for link in re.findall(r'href="(/waves/\d+/precision[./][^"]*)"', page)]
    assert [link.split("?")[0].rsplit(".", 1)[1] for link in links] == ["xlsx", "csv", "csv"]
    shown = rows(page.split('aria-labelledby="others"', 1)[1])
    _head, *lines = csv.reader(io.StringIO(browser.get(links[1]).data.decode("utf-8-sig")))
    assert [line[0] for line in lines] == [row[0].split()[0] for row in shown]
    five = next(line for line in lines if line[0] == "5")
    told = next(row for row in shown if row[0].startswith("5"))
    assert five[1:4] == ["20", "18000000", "2000000"]
    assert [five[4].replace(".", ","), five[6]] == [told[2], told[4]]
    assert five[8] == str(round(100 * float(told[6].replace(",", "."))))
    _head, *lines = csv.reader(io.StringIO(browser.get(links[2]).data.decode("utf-8-sig")))
    parts = rows(page.split('aria-labelledby="quota"', 1)[1])
    assert [[cell or "–" for cell in line] for line in lines] == parts
    book = load_workbook(io.BytesIO(browser.get(links[0]).data))
    assert len(book.worksheets) == 3
    assert book.worksheets[0].max_row == 1 + len(shown)
    assert browser.get(f"/waves/{planned.id}/precision/none.csv").status_code == 404


def test_what_was_asked_for_is_kept_in_every_link(client_of: Browser, planned: Wave, admin: Person) -> None:
    page = precision(client_of(admin), planned, visits=5, half=6, change=11, reliability="0.8")
    links = re.findall(r'href="(/waves/\d+/precision[^"]*)"', page)
    assert len(links) == 8 + 3
    for link in links:
        for part in ("branches=20", "half=6", "change=11", "reliability=0.8"):
            assert part in link, link


def test_two_sliders_stand_beside_their_fields(client_of: Browser, planned: Wave, admin: Person) -> None:
    page = precision(client_of(admin), planned, visits=30)
    sliders = re.findall(r'<input [^>]*type="range"[^>]*>', page)
    assert [re.search(r'data-slides="(\w+)"', one)[1] for one in sliders] == ["visits", "branches"]  # type: ignore[index]
    assert all(" hidden" in one and " name=" not in one for one in sliders)  # without script the fields alone
    assert 'max="30" value="30"' in sliders[0]
    assert 'value="20"' in sliders[1]
    assert "js/sliders" in page


@pytest.mark.parametrize(
    ("reliability", "shown", "level"),
    [
        (None, "", ""),
        (0.0, "0,00", "poor"),
        (0.4949, "0,49", "poor"),
        (0.4951, "0,50", "fair"),
        (0.5, "0,50", "fair"),
        (0.6949, "0,69", "fair"),
        (0.6951, "0,70", "good"),
        (0.7, "0,70", "good"),
        (1.0, "1,00", "good"),
    ],
)
def test_the_level_is_that_of_the_number_that_is_printed(
    reliability: float | None, shown: str, level: str
) -> None:
    assert trust_of(reliability) == level
    if reliability is not None:
        assert hundredths(reliability) == shown
