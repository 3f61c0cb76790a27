"""What people read of disputes and editions: the scorecard's page, its PDF, the list, the rates, comparisons."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.db import db, now
from audit.followup import dispute_rates
from audit.followup.models import Dispute
from audit.i18n import force_locale
from audit.reports import tasks
from audit.review.models import Scorecard
from tests import factories, stories
from tests.conftest import World
from tests.followup.conftest import Lived

Browser = Callable[[Person | None], FlaskClient]
AT = factories.AT
YES = {"value": "yes"}
FACT = "Nhân viên đã chào, có camera ghi lại."
REASON = "Camera cho thấy nhân viên đã chào."


@pytest.fixture
def second_editor(session: Session) -> Person:
    """Did not approve the visit."""
    return factories.person("Ngô Bảo An", RoleName.EDITOR)


@pytest.fixture
def editions(
    card: Scorecard, branch_manager: Person, second_editor: Person, session: Session
) -> list[Scorecard]:
    """Both editions of a scorecard whose dispute was upheld, the second one a day later."""
    made = stories.disputed(card, branch_manager)
    stories.upheld(made, second_editor, YES, REASON, AT + timedelta(days=1))
    return list(session.scalars(select(Scorecard).order_by(Scorecard.edition)))


def printed(card: Scorecard, browser: FlaskClient, language: str) -> list[str]:
    """The text of each page of a PDF."""
    tasks.make_scorecard_files(card.id)
    answer = browser.get(f"/scorecards/{card.id}/pdf", query_string={"language": language})
    assert answer.status_code == 200
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.data)).pages]


def test_who_objects_to_a_duration_reads_its_minutes_and_the_agency_its_times(
    lived: Lived, client_of: Browser, branch_manager: Person, head_office: Person, editor: Person
) -> None:
    card = lived({"greeted": "no"}, now() - timedelta(hours=5))
    for person in (branch_manager, head_office):
        page = client_of(person).get(f"/scorecards/{card.id}/disputes/new?question=wait").text
        assert "2 phút" in page
        assert "10:10" not in page
        assert "10:12" not in page
    made = stories.disputed(card, branch_manager, "wait", "Camera ghi khách chờ 1 phút.", at=now())
    assert "2 phút (10:10:00 đến 10:12:00)" in client_of(editor).get(f"/disputes/{made.id}").text


def test_both_editions_say_which_one_counts(
    editions: list[Scorecard], client_of: Browser, branch_manager: Person, head_office: Person, editor: Person
) -> None:
    first, second = editions
    for person in (branch_manager, head_office, editor):
        old = client_of(person).get(f"/scorecards/{first.id}").text
        new = client_of(person).get(f"/scorecards/{second.id}").text
        assert "Phiếu điểm này đã có bản 2." in old
        assert f'href="/scorecards/{second.id}"' in old
        assert "Đây là bản 2, bản hiện hành." in new
        assert f'href="/scorecards/{first.id}"' in new
        for page in (old, new):
            assert FACT in page
            assert REASON in page


@pytest.mark.parametrize(
    ("language", "replaces", "upheld"),
    [
        ("vi", "Bản 2, thay bản 1. Lý do: " + REASON, "Chấp nhận ngày 15/11/2026: " + REASON),
        ("en", "Version 2, replaces version 1. Reason: " + REASON, "Upheld on 15/11/2026: " + REASON),
    ],
)
def test_the_second_pdf_says_why_it_is_there_and_the_first_stays(
    language: str,
    replaces: str,
    upheld: str,
    editions: list[Scorecard],
    client_of: Browser,
    branch_manager: Person,
) -> None:
    browser = client_of(branch_manager)
    first, second = (printed(card, browser, language) for card in editions)
    assert replaces in second[0]
    assert replaces not in " ".join(first)
    rest = " ".join(second[1:])
    assert FACT in rest
    assert upheld in rest
    assert FACT not in " ".join(first)
    assert f"/scorecards/{editions[1].id}" in second[0]  # how to object leads to the page


def test_a_scorecard_with_an_open_dispute_is_printed_as_of_its_release(
    card: Scorecard, client_of: Browser, branch_manager: Person
) -> None:
    stories.disputed(card, branch_manager)
    assert FACT not in " ".join(printed(card, client_of(branch_manager), "vi"))


def test_both_pdfs_have_names_of_their_own(
    editions: list[Scorecard], client_of: Browser, head_office: Person
) -> None:
    names = []
    for card in editions:
        tasks.make_scorecard_files(card.id)
        answer = client_of(head_office).get(f"/scorecards/{card.id}/pdf")
        names.append(answer.headers["Content-Disposition"].split('"')[1])
    number = editions[0].number
    assert names == [f"{number}-v1-vi.pdf", f"{number}-v2-vi.pdf"]


def test_an_older_edition_takes_no_objection(
    lived: Lived, branch_manager: Person, second_editor: Person, client_of: Browser, session: Session
) -> None:
    card = lived({"greeted": "no", "queue": "no"}, at=now() - timedelta(hours=2))
    stories.upheld(stories.disputed(card, branch_manager, at=now()), second_editor, YES, at=now())
    second = session.scalars(select(Scorecard).where(Scorecard.edition == 2)).one()
    browser = client_of(branch_manager)
    address = f"/scorecards/{card.id}/disputes/new"
    late = browser.post(address, data={"question": "skill", "fact": "Đã có bản mới."})
    assert late.status_code == 422
    assert "Đã có bản mới." in late.text
    assert f"/scorecards/{second.id}/disputes/new" in late.text
    assert address not in browser.get(f"/scorecards/{card.id}").text
    page = browser.get(f"/scorecards/{second.id}").text
    assert f"/scorecards/{second.id}/disputes/new?question=skill" in page
    assert f"/scorecards/{second.id}/disputes/new?question=greeted" not in page  # disputed already


def test_an_edition_may_lose_its_score(
    lived: Lived, branch_manager: Person, second_editor: Person, client_of: Browser, session: Session
) -> None:
    card = lived()
    made = stories.disputed(card, branch_manager, "solved", "Không có giao dịch nào.")
    stories.upheld(made, second_editor, {"na": True})
    second = session.scalars(select(Scorecard).where(Scorecard.edition == 2)).one()
    assert second.answers["solved"]["na"] is True
    assert client_of(branch_manager).get(f"/scorecards/{second.id}").status_code == 200


def test_the_list_has_the_nearest_deadline_first_and_marks_what_is_late(
    lived: Lived, card: Scorecard, branch_manager: Person, client_of: Browser, editor: Person, admin: Person
) -> None:
    late = stories.disputed(card, branch_manager)
    recent = lived({"greeted": "no", "queue": "no"}, at=now() - timedelta(hours=2))
    fresh = stories.disputed(recent, branch_manager, at=now())
    stories.declined(stories.disputed(card, branch_manager, "skill"), admin)
    page = client_of(editor).get("/disputes").text
    assert "2 khiếu nại chờ trả lời" in page
    assert "1 khiếu nại đã quá hạn trả lời" in page or late.answer_by > now()
    assert page.index(f'"/disputes/{late.id}"') < page.index(f'"/disputes/{fresh.id}"')
    assert "1 khiếu nại đã trả lời" in client_of(editor).get("/disputes?state=answered").text
    assert "3 khiếu nại" in client_of(editor).get("/disputes?state=all").text
    turned = client_of(editor).get("/disputes?sort=-due").text
    assert turned.index(f'"/disputes/{fresh.id}"') < turned.index(f'"/disputes/{late.id}"')
    for sort in ("branch", "-client", "raised", "nonsense"):
        assert client_of(editor).get(f"/disputes?sort={sort}").status_code == 200
    assert "2 khiếu nại" in client_of(editor).get("/disputes?state=nonsense&client=x&page=-1").text


def test_the_list_is_narrowed_to_a_client(
    card: Scorecard, branch_manager: Person, client_of: Browser, admin: Person, world: World
) -> None:
    stories.disputed(card, branch_manager)
    browser = client_of(admin)
    assert "Hoàn Kiếm" in browser.get(f"/disputes?client={world.client.id}").text
    assert "Không có khiếu nại nào chờ trả lời" in browser.get(f"/disputes?client={world.foreign.id}").text


def test_a_share_is_told_from_ten_on(
    lived: Lived, branch_manager: Person, admin: Person, editor: Person, app: Flask
) -> None:
    cards = [lived({"greeted": "no", "queue": "no"}) for _ in range(2)]
    stories.declined(stories.disputed(cards[0], branch_manager), admin)
    stories.disputed(cards[1], branch_manager)
    with app.test_request_context(), force_locale("vi"):
        few = dispute_rates.rates(admin)
    [branch], [question] = few.branches, few.questions
    assert (branch.title, branch.n, branch.disputes, branch.declined, branch.open) == (
        "Hoàn Kiếm",
        2,
        2,
        1,
        1,
    )
    assert (question.title, question.n, question.disputes) == ("2. Được chào?", 2, 2)
    assert (branch.share, question.share) == (None, None)
    many = dispute_rates.Rate("", "", 12, 3, 0, 0)
    assert many.share == "25"


def test_each_visit_counts_once_in_rates_and_comparisons(
    editions: list[Scorecard], client_of: Browser, head_office: Person, admin: Person
) -> None:
    first, second = editions
    found = dispute_rates.rates(admin)
    assert (found.visits, found.branches[0].n, found.questions[0].n) == (1, 1, 1)
    assert found.questions[0].upheld == 1
    browser = client_of(head_office)
    csv = browser.get(f"/network/visits.csv?wave={first.wave_id}").text
    assert csv.count(first.number) == 1
    assert str(second.overall).startswith("100")
    assert "Mạng lưới đạt 100 (1 lượt, chưa rõ sai số)" in browser.get(f"/network?wave={first.wave_id}").text


def test_only_the_admin_reads_rates(
    card: Scorecard, branch_manager: Person, client_of: Browser, admin: Person, editor: Person
) -> None:
    assert "Chưa có khiếu nại nào" in client_of(admin).get("/disputes/rates").text
    stories.disputed(card, branch_manager)
    page = client_of(admin).get("/disputes/rates").text
    assert "1 khiếu nại trên 1 lượt đã công bố" in page
    assert client_of(editor).get("/disputes/rates").status_code == 403


def test_what_people_write_is_text(
    card: Scorecard, client_of: Browser, branch_manager: Person, editor: Person, session: Session
) -> None:
    made: Dispute = stories.disputed(card, branch_manager, fact='<img src=x onerror="a">{{ 7*7 }}')
    pages: list[Any] = [
        client_of(branch_manager).get(f"/scorecards/{card.id}").text,
        client_of(editor).get(f"/disputes/{made.id}").text,
    ]
    for page in pages:
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
        assert "{{ 7*7 }}" in page
    db.session.rollback()


def test_a_question_that_no_text_of_the_database_can_name_is_asked_for_again(
    card: Scorecard, client_of: Browser, branch_manager: Person
) -> None:
    browser = client_of(branch_manager)
    sent = browser.post(f"/scorecards/{card.id}/disputes/new", data={"question": "no\0ne", "fact": FACT})
    assert sent.status_code == 422
    assert FACT in sent.text
    assert browser.get(f"/scorecards/{card.id}/disputes/new?question=no%00ne").status_code == 200
