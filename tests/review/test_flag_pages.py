"""Flags on the editor's page, one set by hand, and approving in spite of them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Grant, Person, RoleName
from audit.errors import Invalid
from audit.review import services
from audit.review.flags import job, rules
from audit.review.flags.queries import flags_by_visit, flags_of, was_looked_through
from audit.review.layers import Flag
from audit.trail.models import Entry
from audit.visits import queries
from audit.visits.models import Visit, VisitEvent
from tests import stories
from tests.review.ladder import NOT_AGENCY, ClientOf, cast, state_of

# The visit of this room's conftest took no time at all, has no position and no EXIF.
USUAL = ["too_fast", "no_fix", "exif_absent"]


def add(visit: Visit, session: Session, *levels: str) -> None:
    """Flags of these levels, of the round that waits; the visit counts as looked through."""
    stories.looked_through(visit)
    codes = {"strong": "photo_same", "review": "off_schedule", "info": "late"}
    about = {"seconds": 90_000, "limit": 24, "at": stories.AT.isoformat()}
    about |= {"branch": "Ba Đình", "day": "2026-11-13", "visit": visit.id}
    for level in levels:
        flag = Flag(visit_id=visit.id, round=visit.round - 1, code=codes[level], level=level, at=stories.AT)
        flag.data = about
        session.add(flag)
    session.commit()


def post(browser: object, visit: Visit, step: str, **data: str) -> tuple[int, str]:
    sent = {"round": "2", **data}
    answer = browser.post(f"/review/{visit.id}/{step}", data=sent)  # type: ignore[attr-defined]
    return answer.status_code, answer.text


def test_the_job_of_a_submission_finds_its_flags_once(app: Flask, visit: Visit, session: Session) -> None:
    jobs.run_until_idle(app)
    session.rollback()
    found = flags_of(visit)
    assert [flag.code for flag in found] == USUAL
    assert all(flag.round == 1 and flag.by_id is None for flag in found)

    job.look_through(visit.id, 1, stories.AT + timedelta(days=1))

    assert [flag.id for flag in flags_of(visit)] == [flag.id for flag in found]
    query = select(Entry).where(Entry.kind == "flag.set", Entry.visit_id == visit.id)
    entries = session.scalars(query).all()
    assert [entry.data for entry in entries] == [{"round": 1, "codes": sorted(USUAL)}]


def test_flags_of_an_earlier_round_give_way_to_those_of_the_next(
    app: Flask, visit: Visit, editor: Person, shopper: Person, session: Session
) -> None:
    jobs.run_until_idle(app)
    stories.returned(visit, editor, {"greeted": "Xem lại giúp."})
    stories.corrected(visit, shopper, {"greeted": "yes"})
    assert flags_of(visit) == []
    assert not was_looked_through(visit.id, 2)

    jobs.run_until_idle(app)
    session.rollback()

    assert {flag.round for flag in flags_of(visit)} == {2}
    assert set(flags_by_visit([visit.id])) == {visit.id}


def test_the_nightly_job_catches_up_with_what_was_submitted_before(visit: Visit, session: Session) -> None:
    # As if the program had not looked for flags then; its clock is the real one.
    session.execute(text("TRUNCATE procrastinate_jobs CASCADE"))
    session.execute(text("UPDATE photo SET uploaded_at = now()"))
    session.commit()
    job.MEMORY, kept = timedelta(days=40_000), job.MEMORY
    try:
        job.catch_up()
    finally:
        job.MEMORY = kept

    assert was_looked_through(visit.id, 1)
    assert [flag.code for flag in flags_of(visit)] == USUAL


def test_a_round_without_a_submission_has_no_flags(visit: Visit, session: Session) -> None:
    job.look_through(visit.id, 7, stories.AT)
    assert not was_looked_through(visit.id, 7)
    job.look_through(999_999, 1, stories.AT)
    assert session.scalars(select(Flag)).all() == []


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], False),
        (["info"] * 5, False),
        (["review"], False),
        (["review", "info"], False),
        (["review", "review"], True),
        (["strong"], True),
    ],
)
def test_one_strong_or_two_for_review_ask_for_a_reason(levels: list[str], expected: bool) -> None:
    assert rules.needs_reason(Flag(level=level) for level in levels) is expected


def test_the_page_names_each_flag_with_its_reason(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    add(visit, session, "strong")
    page = client_of(editor).get(f"/review/{visit.id}").text

    assert "4 dấu hiệu cần xem" in page
    assert "Ảnh này là cùng một tệp với ảnh của lượt khác: Ba Đình, 13/11/2026." in page
    assert "Chỉ ở đó 0 giây; dưới 5 phút là bất thường." in page
    assert page.index("cùng một tệp") < page.index("dưới 5 phút") < page.index("không cho biết vị trí")


def test_before_the_job_has_run_the_page_says_so(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    assert "Đang tìm dấu hiệu" in client_of(editor).get(f"/review/{visit.id}").text


def test_with_a_strong_flag_approving_takes_a_reason(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    add(visit, session, "strong")
    browser = client_of(editor)

    status, page = post(browser, visit, "approve")
    assert status == 422
    assert "Lượt này có dấu hiệu cần xem." in page
    assert 'name="flag_note"' in page
    assert 'href="#flag_note"' in page  # from the refusal above to the field
    field = page.partition('id="flag_note"')[2].partition(">")[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="flag_note-wrong flag_note-help"' in field
    assert 'id="flag_note-wrong"' in page
    assert state_of(visit.id) == "submitted"

    assert post(browser, visit, "approve", flag_note="Đã gọi chi nhánh xác minh.")[0] == 303
    event = session.scalars(select(VisitEvent).where(VisitEvent.action == "approve")).one()
    assert event.data["flag_note"] == "Đã gọi chi nhánh xác minh."


def test_two_flags_for_review_take_a_reason_one_does_not(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    add(visit, session)  # too_fast alone
    assert "flag_note" not in client_of(editor).get(f"/review/{visit.id}").text
    add(visit, session, "review")
    assert post(client_of(editor), visit, "approve", flag_note=" \u200b ")[0] == 422
    assert post(client_of(editor), visit, "approve", flag_note="a" * 2_001)[0] == 422
    assert post(client_of(editor), visit, "approve", flag_note="Đã xem.")[0] == 303


def test_the_service_refuses_too(visit: Visit, editor: Person, session: Session) -> None:
    add(visit, session, "strong")
    found = queries.locked_visit_for(editor, visit.id)
    with pytest.raises(Invalid) as refused:
        services.approve(found, editor, stories.AT)
    assert refused.value.details["field"] == "flag_note"


def test_approving_before_the_job_looks_through_first(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    other = session.get_one(Visit, visit.id)
    assert not was_looked_through(other.id, 1)
    assert post(client_of(editor), visit, "approve")[0] == 303
    session.rollback()
    assert was_looked_through(visit.id, 1)


def test_an_editor_sets_a_flag_by_hand(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(editor)
    data = {"question": "skill", "reason": "Ảnh cho thấy quầy không có ai."}
    assert [post(browser, visit, "flags", **data)[0] for _ in range(2)] == [303, 303]

    session.rollback()
    flag = session.scalars(select(Flag).where(Flag.code == "self_conflict")).one()
    assert (flag.level, flag.question_id, flag.by_id, flag.round) == ("review", "skill", editor.id, 1)
    assert "“Chuyên môn”: Ảnh cho thấy quầy không có ai." in browser.get(f"/review/{visit.id}").text
    entry = session.scalars(select(Entry).where(Entry.kind == "flag.set", Entry.by_id == editor.id)).one()
    assert entry.data["reason"] == "Ảnh cho thấy quầy không có ai."
    # A flag by hand is not yet the look through the submission.
    assert not was_looked_through(visit.id, 1)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"question": "skill", "reason": " "}, "Hãy ghi điều gì trái với câu trả lời."),
        ({"question": "skill", "reason": "a" * 501}, "quá dài"),
        ({"question": "unknown", "reason": "Giữ lại lời này."}, "Hãy chọn câu hỏi"),
        ({"reason": "Giữ lại lời này."}, "Hãy chọn câu hỏi"),
    ],
)
def test_a_flag_needs_its_question_and_its_reason(
    data: dict[str, str], expected: str, visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    status, page = post(client_of(editor), visit, "flags", set_flag="1", **data)
    assert status == 422
    assert expected in page
    assert data["reason"].strip() in page
    assert session.scalars(select(Flag)).all() == []


def test_a_stale_page_sets_no_flag_and_keeps_what_was_typed(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    data = {"round": "1", "set_flag": "1", "question": "skill", "reason": "Giữ lại lời này."}
    status, page = post(client_of(editor), visit, "flags", **data)
    assert status == 409
    assert "Giữ lại lời này." in page
    assert session.scalars(select(Flag)).all() == []


def test_after_the_decision_no_flag_is_set(approved: Visit, editor: Person, client_of: ClientOf) -> None:
    assert post(client_of(editor), approved, "flags", question="skill", reason="Muộn rồi.")[0] == 409


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_only_the_agency_sets_flags(
    who: str, visit: Visit, client_of: ClientOf, request: pytest.FixtureRequest, session: Session
) -> None:
    status, _page = post(client_of(cast(request, who)), visit, "flags", question="skill", reason="x")
    assert status == 403
    assert session.scalars(select(Flag)).all() == []


def test_nobody_flags_their_own_visit(
    visit: Visit, shopper: Person, client_of: ClientOf, session: Session
) -> None:
    shopper.grants.append(Grant(role=RoleName.EDITOR))
    session.commit()
    assert post(client_of(shopper), visit, "flags", question="skill", reason="x")[0] == 403


def test_a_visit_that_does_not_exist(editor: Person, client_of: ClientOf) -> None:
    assert client_of(editor).post("/review/77/flags", data={"reason": "x"}).status_code == 404


@pytest.mark.parametrize("change", ["UPDATE flag SET level = 'info'", "DELETE FROM flag"])
def test_the_database_keeps_flags_as_they_were(change: str, visit: Visit, session: Session) -> None:
    add(visit, session, "strong")
    with pytest.raises(DatabaseError):
        session.execute(text(change))
    session.rollback()


def test_shopper_and_client_see_no_flag(
    visit: Visit,
    editor: Person,
    admin: Person,
    shopper: Person,
    head_office: Person,
    client_of: ClientOf,
    session: Session,
) -> None:
    add(visit, session)
    stories.approved(visit, editor)
    card = stories.released(visit, admin)
    for person, address in ((shopper, f"/visits/{visit.id}"), (head_office, f"/scorecards/{card.id}")):
        page = client_of(person).get(address).text
        assert "bất thường" not in page
        assert "dấu hiệu" not in page.lower()
