"""Comments of a wave: whose, in which order, found by which words."""

import io
import itertools
import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from audit.db import db
from audit.insights import voices_queries
from audit.review import editions, redaction
from audit.review.models import Scorecard, ScorecardQuestion
from audit.visits import queries as visits
from tests import factories, stories
from tests.insights.cards import card
from tests.insights.conftest import heading
from tests.insights.voices import spoken


def page(browser, query="", status=200):
    answer = browser.get("/network/comments", query_string=query)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def quotes(text):
    """The comments on the page, in order."""
    found = re.findall(r"<blockquote>(.*?)</blockquote>", text, re.S)
    return [unescape(re.sub(r"<[^>]+>", "", one)) for one in found]


def groups(text):
    """The heads of the questions, in order."""
    return [
        unescape(re.sub(r"<span.*", "", one, flags=re.S))
        for one in re.findall(r"<h2 id=\"q\d+\">(.*?)</h2>", text, re.S)
    ]


@pytest.fixture
def said(world, shopper, admin, session):
    """Hoàn Kiếm lost most at `solved`, Ba Đình less at `greeted`; Ninh Kiều wrote a remark."""
    wave = factories.wave(world.client, admin, name="Quý 4")
    other = factories.wave(world.foreign, admin, name="Đợt Hoa Sen")
    spoken(
        wave,
        world.branch,
        shopper,
        {"solved": "Chờ lâu mà không ai giải quyết", "greeted": "Chào rõ ràng"},
        {"solved": "22.3", "greeted": 0},
        answers={"solved": {"value": "no"}, "greeted": {"value": "yes"}},
        visited_on=date(2026, 11, 13),
    )
    spoken(
        wave,
        world.second_branch,
        shopper,
        {"greeted": "Không ai chào cho đến quầy 100%", "solved": "Hẹn lại hôm sau"},
        {"greeted": "4.1", "solved": "8.0"},
    )
    spoken(wave, world.southern_branch, shopper, {"remark": "Hoà nhã, thuỷ tinh sạch"})
    spoken(other, world.foreign_branch, shopper, {"remark": "Bí mật của Hoa Sen"})
    session.commit()
    return wave


def test_comments_stand_by_question_and_points_lost(client_of, head_office, said):
    text = page(client_of(head_office))
    assert heading(text) == "5 ý kiến, 3 ở câu bị mất điểm"
    assert groups(text) == ["Câu 6. Giải quyết thế nào?", "Câu 2. Được chào?", "Câu 10. Nhận xét"]
    assert quotes(text) == [
        "Chờ lâu mà không ai giải quyết",
        "Hẹn lại hôm sau",
        "Không ai chào cho đến quầy 100%",
        "Chào rõ ràng",
        "Hoà nhã, thuỷ tinh sạch",
    ]
    assert "−22,3 điểm" in text
    assert "Trả lời: Không" in text
    assert "13/11/2026, buổi sáng" in text


def test_nothing_of_who_and_when_is_told(client_of, head_office, said, shopper):
    text = page(client_of(head_office))
    assert shopper.name not in text
    assert "10:05" not in text


def test_a_duration_tells_its_minutes_only(client_of, head_office, world, shopper, said, session):
    took = {"start": "2026-11-14T10:10:00+07:00", "end": "2026-11-14T10:17:30+07:00"}
    spoken(said, world.branch, shopper, {"wait": "Hàng dài"}, {"wait": 3}, answers={"wait": {"value": took}})
    session.commit()
    text = page(client_of(head_office), "question=wait")
    assert "Trả lời: 7,5 phút" in text
    assert "10:1" not in text


@pytest.mark.parametrize(
    ("by", "first", "last"),
    [
        ("lost", "Chờ lâu mà không ai giải quyết", "Hoà nhã, thuỷ tinh sạch"),
        ("newest", "Hoà nhã, thuỷ tinh sạch", "Chào rõ ràng"),
        ("branch", "Hẹn lại hôm sau", "Hoà nhã, thuỷ tinh sạch"),
        ("nonsense", "Chờ lâu mà không ai giải quyết", "Hoà nhã, thuỷ tinh sạch"),
    ],
)
def test_order(client_of, head_office, said, by, first, last):
    found = quotes(page(client_of(head_office), {"by": by}))
    assert (found[0], found[-1]) == (first, last)
    assert len(found) == 5


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cho", 2),  # chờ, cho
        ("CHO", 2),
        ("chờ", 1),
        ("CHỜ", 1),
        ("cho lau", 1),
        ("lau cho", 1),
        ("hòa", 1),  # written hoà
        ("thủy", 1),
        ("hoa", 1),
        ("chở", 0),
        ("100%", 1),
        ("%", 1),
        ("_", 0),
        ("\\", 0),
        ("/", 0),
        ("'", 0),
        ("bi mat", 0),  # another client's
        ("\x00", 5),
    ],
)
def test_search_with_and_without_accents(client_of, head_office, said, typed, found):
    text = page(client_of(head_office), {"text": typed})
    assert len(quotes(text)) == found
    if not found:
        assert "Không có ý kiến nào khớp bộ lọc này" in text


def test_found_words_are_marked_and_nothing_is_markup(client_of, head_office, world, shopper, said, session):
    spoken(said, world.branch, shopper, {"remark": "<script>alert(1)</script> tệ"})
    session.commit()
    text = page(client_of(head_office), {"text": "te"})
    assert "<mark>tệ</mark>" in text
    assert "<script>alert" not in text


def test_question_branch_losses_and_the_filter_narrow(client_of, head_office, said, world):
    browser = client_of(head_office)
    assert quotes(page(browser, {"question": "greeted", "lost": "1"})) == ["Không ai chào cho đến quầy 100%"]
    assert len(quotes(page(browser, {"branch": world.branch.id}))) == 2
    assert len(quotes(page(browser, {"region": world.south.id}))) == 1
    assert len(quotes(page(browser, {"q": "ba dinh"}))) == 0  # the factory's search has accents
    assert len(quotes(page(browser, {"q": "CN002"}))) == 2
    assert len(quotes(page(browser, {"format": "kiosk"}))) == 0
    assert len(quotes(page(browser, {"question": "front"}))) == 0


def test_an_area_manager_reads_the_area_only(client_of, area_manager, said, world):
    browser = client_of(area_manager)
    assert len(quotes(page(browser))) == 4
    page(browser, {"region": world.south.id}, 404)
    page(browser, {"branch": world.southern_branch.id}, 404)


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_the_agency_reads_every_client(client_of, request, role, said, world):
    browser = client_of(request.getfixturevalue(role))
    assert len(quotes(page(browser, {"wave": said.id}))) == 5
    page(browser, {"wave": said.id, "branch": world.foreign_branch.id}, 404)


@pytest.mark.parametrize("role", ["shopper", "branch_manager"])
def test_other_roles_are_refused(client_of, request, role, said):
    page(client_of(request.getfixturevalue(role)), "", 403)


def test_signed_out(client_of, said):
    assert client_of(None).get("/network/comments").status_code == 302


def test_another_clients_wave_and_branch_are_not_there(client_of, other_client, said, world):
    browser = client_of(other_client)
    for query in ({"wave": said.id}, {"branch": world.branch.id}, {"region": world.north.id}):
        page(browser, query, 404)
    assert quotes(page(browser)) == ["Bí mật của Hoa Sen"]


@pytest.mark.parametrize("query", ["question=none", "branch=x", "branch=99999999999999", "wave=0x1"])
def test_an_address_that_names_nothing(client_of, head_office, said, query):
    page(client_of(head_office), query, 404)


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=9999", "page=x", "lost=2", "by=", "text="])
def test_odd_addresses_show_the_page(client_of, head_office, said, query):
    assert len(quotes(page(client_of(head_office), query))) == 5


def test_no_wave_and_no_comment(client_of, head_office, world, admin, shopper, session):
    browser = client_of(head_office)
    assert "Chưa có đợt nào được mở" in page(browser)
    wave = factories.wave(world.client, admin)
    card(wave, world.branch, shopper, 50)
    session.commit()
    assert heading(page(browser)) == "Chưa có ý kiến nào"


def test_a_visit_without_a_score_has_comments_too(client_of, head_office, world, admin, shopper, session):
    wave = factories.wave(world.client, admin)
    card(
        wave,
        world.branch,
        shopper,
        None,
        answers={"remark": {"value": "Đóng cửa"}},
        result={"status": "not_scorable"},
    )
    session.commit()
    text = page(client_of(head_office))
    assert quotes(text) == ["Đóng cửa"]
    assert heading(text) == "1 ý kiến"


def test_only_released_current_editions_speak(client_of, head_office, admin, said, world, shopper, session):
    spoken(said, world.branch, shopper, {"remark": "Chưa phát hành"}, released_at=None)
    spoken(said, world.branch, shopper, {"remark": "Phiên bản cũ"}, is_current=False)
    session.commit()
    for person in (head_office, admin):
        text = page(client_of(person), {"wave": said.id})
        assert len(quotes(text)) == 5
        assert "Chưa phát hành" not in text
        assert "Phiên bản cũ" not in text


def test_what_stands_at_a_hidden_question_is_not_told(client_of, head_office, said, world, shopper, session):
    made = spoken(said, world.branch, shopper, {"wait": "Không phải xếp hàng"})
    browser = client_of(head_office)
    assert len(quotes(page(browser))) == 6
    line = {"credit": None, "possible": 0, "lost": 0}
    session.add(ScorecardQuestion(scorecard_id=made.id, question_id="wait", state="hidden", **line))
    session.commit()
    assert len(quotes(page(browser))) == 5


@pytest.fixture
def visit(world, admin, shopper, session):
    """A visit of the bank's, accepted."""
    wave = factories.wave(world.client, admin, name="Quý 4")
    made = factories.visit(wave, world.branch, shopper)
    session.commit()
    return made


SECRET = "Nhân viên tên Lan chào rõ, hướng dẫn tận tình."


def test_a_redacted_comment_never_appears(client_of, head_office, admin, editor, shopper, visit):
    stories.submitted(visit, shopper, {"remark": SECRET})
    locked = visits.locked_visit_for(editor, visit.id)
    redaction.redact_text(
        locked,
        "remark",
        "value",
        "Nhân viên chào rõ",
        "Tên nhân viên",
        editor,
        stories.AT + timedelta(hours=2),
    )
    db.session.commit()
    stories.approved(visit, editor)
    stories.released(visit, admin)
    for person in (head_office, admin):
        text = page(client_of(person))
        assert quotes(text) == ["Nhân viên chào rõ"]
        assert "Lan" not in text
        assert quotes(page(client_of(person), {"text": "ten lan"})) == []


def test_a_later_redaction_counts_from_the_next_edition(
    client_of, head_office, admin, editor, shopper, visit
):
    card = stories.lived(visit, editor, admin, {"remark": SECRET})
    locked = visits.locked_visit_for(editor, visit.id)
    redaction.redact_text(
        locked, "remark", "value", "", "Tên nhân viên", editor, stories.AT + timedelta(hours=5)
    )
    db.session.commit()
    browser = client_of(head_office)
    assert quotes(page(browser)) == [SECRET]  # what a client was shown does not change
    visits.locked_visit_for(editor, visit.id)
    first = db.session.get_one(Scorecard, card.id)
    editions.make_edition(first, editor, stories.AT + timedelta(hours=6), "Tên nhân viên")
    db.session.commit()
    assert quotes(page(browser)) == []


def test_the_second_edition_speaks_instead_of_the_first(
    client_of, head_office, branch_manager, admin, editor, shopper, visit
):
    card = stories.lived(visit, editor, admin, {"greeted": "no"})
    dispute = stories.disputed(card, branch_manager)
    stories.upheld(dispute, admin, {"value": "yes"})
    newest = db.session.scalars(select(Scorecard).where(Scorecard.is_current)).one()
    assert newest.edition == 2
    text = page(client_of(head_office))
    assert len(quotes(text)) == 1
    assert f"/scorecards/{newest.id}" in text
    assert f'/scorecards/{card.id}"' not in text


def test_many_comments_are_paged_and_cost_the_same_queries(
    client_of, head_office, said, world, shopper, session, queries, monkeypatch
):
    monkeypatch.setattr(voices_queries, "COMMENTS", 3)
    browser = client_of(head_office)
    with queries() as few:
        first = quotes(page(browser))
    second = quotes(page(browser, "page=2"))
    assert (len(first), len(second)) == (3, 2)
    assert not set(first) & set(second)
    monkeypatch.setattr(voices_queries, "COMMENTS", 50)
    for place in range(20):
        spoken(said, world.branch, shopper, {"remark": f"Ý kiến {place}"}, {"solved": place})
    session.commit()
    with queries() as many:
        assert len(quotes(page(browser))) == 25
    assert len(many) == len(few)


def test_the_whole_state_is_in_the_links(client_of, head_office, said, world, monkeypatch):
    monkeypatch.setattr(voices_queries, "COMMENTS", 1)
    asked = {"region": world.north.id, "text": "ch", "lost": "1", "by": "lost", "wave": said.id}
    text = page(client_of(head_office), asked)
    following = unescape(re.search(r'rel="next" href="([^"]+)"', text).group(1))
    assert parse_qs(urlsplit(following).query) == {
        name: [str(value)] for name, value in {**asked, "page": 2}.items()
    }
    assert 'value="ch"' in text
    narrowing = text.split('role="search"', 1)[1].split("</form>", 1)[
        0
    ]  # the branches' filter keeps the rest
    for name in ("text", "lost", "by"):
        assert f'name="{name}" value="{asked[name]}"' in narrowing


def test_the_comments_as_files(client_of, head_office, other_client, said):
    browser = client_of(head_office)
    lines = browser.get("/network/comments.csv", query_string={"text": "cho"}).text.splitlines()
    assert len(lines) == 3
    assert lines[1] == (
        "6,Giải quyết thế nào?,Chờ lâu mà không ai giải quyết,Không,22.3,Hoàn Kiếm,CN001,Miền Bắc,"
        "2026-11-13,buổi sáng,T-" + lines[1].rsplit("-", 1)[1]
    )
    book = load_workbook(io.BytesIO(browser.get("/network/comments.xlsx").data))
    assert book.worksheets[0].max_row == 6
    told = [row[1].value for row in book.worksheets[-1].iter_rows(max_col=2)]
    assert "Ngân hàng Sao Mai" in told
    above = itertools.takewhile(lambda row: row[0], book.worksheets[-1].iter_rows(values_only=True))
    known = {row[0]: row[1] for row in above}
    assert known["Ý kiến"] == "5"
    assert re.search(r"\d{2}/\d{2}/\d{4}", known["Lập lúc"])
    assert client_of(other_client).get(f"/network/comments.csv?wave={said.id}").status_code == 404
