"""The pages of actions, as each person meets them."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.followup import actions, proposals, thread
from audit.followup.actions import Plan
from audit.followup.models import Action
from audit.mails.models import Mail
from audit.review.models import Scorecard
from tests import photo_files as files
from tests.conftest import World
from tests.followup.conftest import AT, DUE, Lived, overdue

ClientOf = Callable[[Person | None], FlaskClient]
TYPED = {
    "text": "Tập chào khách đầu ca",
    "department": "Sảnh",
    "owner": "Ca trưởng",
    "due_on": DUE.strftime("%d/%m/%Y"),
}


def state_of(session: Session, action: Action) -> str:
    session.expire_all()
    return session.get_one(Action, action.id).state


def last(action: Action) -> str:
    return str(action.events[-1].id)


def test_the_list_says_what_is_overdue_and_puts_it_on_top(
    session: Session, lived: Lived, taken: Action, head_office: Person, client_of: ClientOf, world: World
) -> None:
    lived({"greeted": "no"}, AT + timedelta(hours=3), world.second_branch)
    overdue(session, taken)
    page = client_of(head_office).get("/actions").text
    assert "<h1>1 việc cần làm đã quá hạn</h1>" in page
    assert page.index("Tập chào khách đầu ca") < page.index("Ba Đình</td>")
    assert "quá hạn</span>" in page


def test_an_action_that_failed_again_is_overdue_as_well(
    session: Session, lived: Lived, taken: Action, head_office: Person, client_of: ClientOf
) -> None:
    lived({"greeted": "no"}, AT + timedelta(days=8))
    proposals.after_release(session.scalars(select(Scorecard).order_by(Scorecard.id.desc())).first(), now())
    session.commit()
    assert state_of(session, taken) == "failed_again"
    overdue(session, taken)
    page = client_of(head_office).get("/actions?state=overdue").text
    assert "Tập chào khách đầu ca" in page


def test_the_list_is_narrowed_by_state_and_branch_in_the_address(
    session: Session, lived: Lived, taken: Action, head_office: Person, client_of: ClientOf, world: World
) -> None:
    lived({"skill": 1}, AT + timedelta(hours=3), world.second_branch)
    browser = client_of(head_office)

    def shown(query: str) -> tuple[bool, bool]:
        page = browser.get(f"/actions?{query}").text
        return "Tập chào khách đầu ca</a>" in page, "Chuyên môn</a>" in page

    assert shown("") == (True, True)
    assert shown("state=open") == (True, False)
    assert shown("state=proposed") == (False, True)
    assert shown("state=overdue") == (False, False)
    assert shown("state=nonsense&sort=nonsense&branch=x&page=0") == (True, True)
    assert shown(f"branch={world.second_branch.id}") == (False, True)
    assert shown(f"region={world.north.id}") == (True, True)
    assert shown(f"region={world.south.id}") == (False, False)
    assert shown(f"region={world.foreign_region.id}") == (False, False)
    assert shown("page=99") == (False, False)
    for sort in ("due", "-due", "branch", "-branch", "state", "urgency"):
        assert shown(f"sort={sort}") == (True, True)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("branch_manager", True),
        ("other_manager", False),
        ("area_manager", True),
        ("head_office", True),
        ("other_client", False),
        ("editor", True),
        ("admin", True),
    ],
)
def test_each_person_lists_and_opens_what_is_in_scope(
    taken: Action, request: pytest.FixtureRequest, client_of: ClientOf, who: str, sees: bool
) -> None:
    browser = client_of(request.getfixturevalue(who))
    assert ("Tập chào khách đầu ca" in browser.get("/actions").text) is sees
    assert browser.get(f"/actions/{taken.id}").status_code == (200 if sees else 404)


def test_shoppers_and_strangers_do_not_get_in(
    taken: Action, shopper: Person, client_of: ClientOf, card: Scorecard
) -> None:
    for path in ("/actions", f"/actions/{taken.id}", f"/scorecards/{card.id}/thread"):
        assert client_of(shopper).get(path).status_code == 403
        assert "/sign-in" in client_of(None).get(path).location


def test_a_manager_takes_on_a_proposal(
    session: Session, action: Action, branch_manager: Person, client_of: ClientOf
) -> None:
    browser = client_of(branch_manager)
    page = browser.get(f"/actions/{action.id}").text
    assert page.count("btn-primary") == 1
    assert "Được chào?" in page
    for _click in range(2):
        answer = browser.post(f"/actions/{action.id}/accept", data={**TYPED, "seen": last(action)})
        assert answer.status_code == 303
    assert state_of(session, action) == "open"
    assert len(action.events) == 2
    assert action.due_on == DUE


@pytest.mark.parametrize("who", ["other_manager", "other_client", "editor", "admin", "shopper"])
@pytest.mark.parametrize("step", ["accept", "change", "done", "reopen", "drop"])
def test_nobody_else_takes_a_step(
    session: Session,
    action: Action,
    request: pytest.FixtureRequest,
    client_of: ClientOf,
    who: str,
    step: str,
) -> None:
    browser = client_of(request.getfixturevalue(who))
    answer = browser.post(f"/actions/{action.id}/{step}", data={**TYPED, "seen": last(action)})
    assert answer.status_code in (403, 404)
    assert state_of(session, action) == "proposed"


def test_what_is_refused_stays_as_typed_with_the_reason_at_its_field(
    session: Session, action: Action, branch_manager: Person, client_of: ClientOf
) -> None:
    typed = {**TYPED, "due_on": "31/02/2027", "seen": last(action)}
    answer = client_of(branch_manager).post(f"/actions/{action.id}/accept", data=typed)
    assert answer.status_code == 422
    assert 'value="31/02/2027"' in answer.text
    assert "Tập chào khách đầu ca" in answer.text
    assert 'id="due_on-problem"' in answer.text
    typed = {**TYPED, "owner": " ", "seen": last(action)}
    answer = client_of(branch_manager).post(f"/actions/{action.id}/accept", data=typed)
    assert answer.status_code == 422
    assert 'id="owner-problem"' in answer.text
    assert state_of(session, action) == "proposed"


def test_a_stale_page_loses_nothing_and_shows_what_stands_there_now(
    session: Session, taken: Action, branch_manager: Person, area_manager: Person, client_of: ClientOf
) -> None:
    seen = last(taken)
    actions.change(taken, area_manager, now(), Plan("Có người đứng cửa", "", "Phó phòng", DUE))
    session.commit()
    answer = client_of(branch_manager).post(
        f"/actions/{taken.id}/change", data={**TYPED, "text": "Mua chuông cửa", "seen": seen}
    )
    assert answer.status_code == 422
    assert "Mua chuông cửa" in answer.text
    assert "Có người đứng cửa" in answer.text
    session.refresh(taken)
    assert taken.text == "Có người đứng cửa"
    # The page that came back knows the newest state, so sending once more is a decision.
    assert f'name="seen" value="{last(taken)}"' in answer.text


def test_done_with_a_photo_shows_a_clean_copy_of_it(
    session: Session, taken: Action, branch_manager: Person, head_office: Person, client_of: ClientOf
) -> None:
    photo = files.jpeg(800, 600, 1, taken_at=files.TAKEN, gps=(21.0, 105.8))
    sent = {"note": "Đã tập", "seen": last(taken), "photos": (io.BytesIO(photo), "a.jpg")}
    answer = client_of(branch_manager).post(f"/actions/{taken.id}/done", data=sent)
    assert answer.status_code == 303
    assert state_of(session, taken) == "done"
    picture = client_of(head_office).get(f"/actions/{taken.id}/photos/0")
    assert picture.mimetype == "image/jpeg"
    assert not Image.open(io.BytesIO(picture.data)).getexif()
    assert client_of(head_office).get(f"/actions/{taken.id}/photos/1").status_code == 404


def test_the_photos_are_as_closed_as_the_action(
    session: Session,
    taken: Action,
    branch_manager: Person,
    request: pytest.FixtureRequest,
    client_of: ClientOf,
) -> None:
    sent = {"note": "", "seen": last(taken), "photos": (io.BytesIO(files.jpeg(300, 200, 1)), "a.jpg")}
    client_of(branch_manager).post(f"/actions/{taken.id}/done", data=sent)
    for who, status in (("other_manager", 404), ("other_client", 404), ("shopper", 403), ("editor", 200)):
        browser = client_of(request.getfixturevalue(who))
        assert browser.get(f"/actions/{taken.id}/photos/0").status_code == status


def test_a_paper_is_refused_and_the_photo_beside_it_is_kept(
    session: Session, taken: Action, branch_manager: Person, client_of: ClientOf
) -> None:
    browser = client_of(branch_manager)
    photo, paper = files.jpeg(300, 200, 1), b"%PDF-1.7\n1 0 obj"
    sent = {
        "note": "Đã tập",
        "seen": last(taken),
        "photos": [(io.BytesIO(photo), "a.jpg"), (io.BytesIO(paper), "b.pdf")],
    }
    answer = browser.post(f"/actions/{taken.id}/done", data=sent)
    assert answer.status_code == 422
    assert "PDF" in answer.text
    assert "Đã tập" in answer.text
    kept = answer.text.split('name="kept" type="hidden" value="')[1].split('"')[0]
    answer = browser.post(
        f"/actions/{taken.id}/done", data={"note": "Đã tập", "seen": last(taken), "kept": kept}
    )
    assert answer.status_code == 303
    session.refresh(taken)
    assert len(taken.evidence) == 1


def test_a_foreign_key_in_the_kept_photos_is_not_believed(
    session: Session, taken: Action, branch_manager: Person, client_of: ClientOf
) -> None:
    sent = {"note": "Đã tập", "seen": last(taken), "kept": '["' + "a" * 64 + '"]'}
    assert client_of(branch_manager).post(f"/actions/{taken.id}/done", data=sent).status_code == 303
    session.refresh(taken)
    assert taken.evidence == []


def test_dropping_and_opening_again(
    session: Session, taken: Action, branch_manager: Person, client_of: ClientOf
) -> None:
    browser = client_of(branch_manager)
    browser.post(f"/actions/{taken.id}/done", data={"note": "Đã tập", "seen": last(taken)})
    session.refresh(taken)
    assert browser.post(f"/actions/{taken.id}/reopen", data={"seen": last(taken)}).status_code == 303
    session.refresh(taken)
    answer = browser.post(f"/actions/{taken.id}/drop", data={"reason": " ", "seen": last(taken)})
    assert answer.status_code == 422
    assert 'id="reason-problem"' in answer.text
    browser.post(f"/actions/{taken.id}/drop", data={"reason": "Đóng cửa quầy này", "seen": last(taken)})
    assert state_of(session, taken) == "dropped"
    page = browser.get(f"/actions/{taken.id}").text
    assert "Đóng cửa quầy này" in page
    assert "btn-primary" not in page


def test_a_branch_adds_an_action_beside_a_scorecard(
    session: Session, card: Scorecard, branch_manager: Person, client_of: ClientOf
) -> None:
    browser = client_of(branch_manager)
    path = f"/scorecards/{card.id}/actions/new"
    assert '<option selected value="skill">' in browser.get(f"{path}?question=skill").text
    typed = {**TYPED, "question_id": "skill"}
    first, second = (browser.post(path, data=typed) for _click in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    answer = browser.post(path, data={**typed, "text": "", "owner": "Nam"})
    assert answer.status_code == 422
    assert 'value="Nam"' in answer.text
    assert browser.post(path, data={**typed, "question_id": "nothing"}).status_code == 422
    assert session.scalar(select(func.count()).select_from(Action)) == 2


def test_what_is_about_the_whole_visit_is_finished_when_it_is_done(
    session: Session, card: Scorecard, branch_manager: Person, client_of: ClientOf
) -> None:
    browser = client_of(branch_manager)
    browser.post(f"/scorecards/{card.id}/actions/new", data={**TYPED, "question_id": ""})
    (action,) = session.scalars(select(Action).where(Action.question_id.is_(None)))
    browser.post(f"/actions/{action.id}/done", data={"seen": last(action), "note": "Đã họp."})
    assert state_of(session, action) == "done"
    page = browser.get(f"/actions/{action.id}").text
    assert "không có lượt nào sau này xác nhận" in page
    assert "chờ lượt" not in page.split("</h1>", 1)[1].split("</p>", 1)[0]
    title = f"{TYPED['text']}</a>"
    assert title in browser.get("/actions?state=finished").text
    waiting = browser.get("/actions?state=done").text
    assert title not in waiting
    assert "chờ lượt ghé thăm sau: 0" in waiting


@pytest.mark.parametrize(
    ("who", "status"), [("other_manager", 404), ("other_client", 404), ("editor", 403), ("shopper", 403)]
)
def test_only_the_branchs_own_people_add(
    card: Scorecard, request: pytest.FixtureRequest, client_of: ClientOf, who: str, status: int
) -> None:
    browser = client_of(request.getfixturevalue(who))
    for method in ("GET", "POST"):
        answer = browser.open(f"/scorecards/{card.id}/actions/new", method=method, data=TYPED)
        assert answer.status_code == status


def test_ten_actions_cost_the_queries_of_one(
    session: Session, card: Scorecard, branch_manager: Person, client_of: ClientOf
) -> None:
    browser = client_of(branch_manager)

    def queries() -> int:
        counted = []

        def count(*_args: object) -> None:
            counted.append(1)

        event.listen(Engine, "before_cursor_execute", count)
        assert browser.get("/actions").status_code == 200
        event.remove(Engine, "before_cursor_execute", count)
        return len(counted)

    browser.get("/actions")
    before = queries()
    for number in range(10):
        actions.add(card, branch_manager, now(), Plan(f"Việc {number}", "", "Nam", DUE))
    db.session.commit()
    assert queries() == before


def test_a_proposal_is_taken_on_with_the_words_it_offers(
    session: Session, action: Action, branch_manager: Person, client_of: ClientOf
) -> None:
    browser = client_of(branch_manager)
    assert "Khắc phục: Được chào?</textarea>" in browser.get(f"/actions/{action.id}").text


def test_everything_is_there_in_english_too(
    session: Session,
    card: Scorecard,
    action: Action,
    area_manager: Person,
    branch_manager: Person,
    client_of: ClientOf,
) -> None:
    area_manager.language = "en"
    thread.write(card, branch_manager, now(), "Quầy 3 hôm đó bảo trì.")
    session.commit()
    browser = client_of(area_manager)
    assert "<h1>1 action waits for a decision</h1>" in browser.get("/actions").text
    page = browser.get(f"/actions/{action.id}").text
    assert "<h1>Được chào? (en)</h1>" in page
    assert "Put right: Được chào? (en)</textarea>" in page
    assert "Take on this action" in page
    assert "Proposed from the points lost at a visit" in page
    assert "Nguyễn Văn Nam</strong>, Branch manager" in browser.get(f"/scorecards/{card.id}/thread").text
    assert "1 message waits for the agency’s answer" in browser.get("/messages").text
    mail = session.scalars(select(Mail).where(Mail.person_id == area_manager.id)).one()
    assert mail.subject == "Hoàn Kiếm: a new message beside a scorecard"


def test_my_branches_count_what_failed_again_and_is_overdue_apart_from_what_is_to_do(
    session: Session, lived: Lived, taken: Action, branch_manager: Person, client_of: ClientOf
) -> None:
    lived({"greeted": "no"}, now() + timedelta(days=1))
    assert state_of(session, taken) == "failed_again"
    overdue(session, taken)
    page = " ".join(client_of(branch_manager).get("/my-branches").text.split())
    assert ", 0 việc cần làm; quá hạn trong tất cả các việc này: 1</a>" in page
