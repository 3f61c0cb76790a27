"""Ready notes: kept by admins, put to questions by editors, read in the shopper's language."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.errors import Forbidden
from audit.review import canned
from audit.review.layers import CannedNote
from audit.visits.models import ReturnNote, Visit
from tests.review.ladder import NOT_AGENCY, ClientOf, cast, state_of

VI = "Anh/chị chụp lại cho thấy toàn bộ mặt tiền giúp nhé."
EN = "Please take the photo again, with all of the front."
FORM = {"title": "Mặt tiền chưa đủ", "vi": VI, "en": EN, "active": "y"}


@pytest.fixture
def note(admin: Person, session: Session) -> CannedNote:
    """One in use."""
    made = canned.save(CannedNote(), canned.CannedData("Mặt tiền chưa đủ", VI, EN), admin)
    session.commit()
    return made


def test_an_admin_adds_and_changes_a_note(admin: Person, client_of: ClientOf, session: Session) -> None:
    browser = client_of(admin)

    assert browser.post("/review/notes/new", data=FORM).status_code == 303
    made = session.scalars(select(CannedNote)).one()
    changed = {**FORM, "vi": "Chụp lại nhé.", "active": ""}
    assert (
        browser.post(f"/review/notes/{made.id}", data={k: v for k, v in changed.items() if v}).status_code
        == 303
    )

    session.refresh(made)
    assert (made.vi, made.en, made.active) == ("Chụp lại nhé.", EN, False)


def test_an_editor_sees_both_languages_side_by_side_and_changes_nothing(
    note: CannedNote, editor: Person, client_of: ClientOf
) -> None:
    browser = client_of(editor)

    page = browser.get("/review/notes").text
    assert VI in page
    assert EN in page
    assert "/review/notes/new" not in page
    for path in ("/review/notes/new", f"/review/notes/{note.id}"):
        assert browser.get(path).status_code == 403
        assert browser.post(path, data=FORM).status_code == 403


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_others_see_none(
    who: str, note: CannedNote, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    browser = client_of(cast(request, who))
    for path in ("/review/notes", "/review/notes/new", f"/review/notes/{note.id}"):
        assert browser.get(path).status_code == 403


@pytest.mark.parametrize(
    ("field", "typed"), [("title", "  "), ("vi", ""), ("en", "x" * 1001), ("title", "t" * 81)]
)
def test_what_is_missing_or_too_long_is_said_at_its_field(
    field: str, typed: str, admin: Person, client_of: ClientOf, session: Session
) -> None:
    answer = client_of(admin).post("/review/notes/new", data={**FORM, field: typed})

    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.text
    assert session.scalars(select(CannedNote)).all() == []


def test_a_title_is_taken_once(
    note: CannedNote, admin: Person, client_of: ClientOf, session: Session
) -> None:
    answer = client_of(admin).post("/review/notes/new", data=FORM)

    assert answer.status_code == 422
    assert "Đã có ghi chú mẫu khác" in answer.text
    assert 'id="title-problem"' in answer.text


def test_an_unknown_note_is_not_found(admin: Person, client_of: ClientOf) -> None:
    assert client_of(admin).get("/review/notes/99999").status_code == 404


def test_the_service_asks_for_an_admin_too(editor: Person, session: Session) -> None:
    with pytest.raises(Forbidden):
        canned.save(CannedNote(), canned.CannedData("A", "B", "C"), editor)


@pytest.mark.parametrize(("language", "sent"), [("vi", VI), (None, VI), ("en", EN)])
def test_without_script_the_chosen_note_goes_out_in_the_shoppers_language(
    language: str | None,
    sent: str,
    note: CannedNote,
    visit: Visit,
    shopper: Person,
    editor: Person,
    client_of: ClientOf,
    session: Session,
) -> None:
    shopper.language = language
    session.commit()
    data = {
        "round": "2",
        "note:greeted": "Ai chào?",
        "canned:greeted": str(note.id),
        "canned:skill": str(note.id),
    }

    answer = client_of(editor).post(f"/review/{visit.id}/return", data=data)

    assert answer.status_code == 303
    notes = dict(session.execute(select(ReturnNote.question_id, ReturnNote.note)).all())
    assert notes == {"greeted": f"Ai chào?\n{sent}", "skill": sent}


@pytest.mark.parametrize("chosen", ["99999", "x", ""])
def test_a_note_that_is_not_there_says_nothing(
    chosen: str, visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    data = {"round": "2", "canned:greeted": chosen}

    assert client_of(editor).post(f"/review/{visit.id}/return", data=data).status_code == 422
    assert state_of(visit.id) == "submitted"


def test_only_notes_in_use_are_offered(
    note: CannedNote, visit: Visit, admin: Person, editor: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(editor)
    assert f'<option value="{note.id}">Mặt tiền chưa đủ</option>' in browser.get(f"/review/{visit.id}").text
    assert VI in browser.get(f"/review/{visit.id}").text

    canned.save(note, canned.CannedData("Mặt tiền chưa đủ", VI, EN, active=False), admin)
    session.commit()

    assert "Mặt tiền chưa đủ" not in browser.get(f"/review/{visit.id}").text
    assert "Ngừng dùng" in browser.get("/review/notes").text


def test_the_database_wants_both_languages(note: CannedNote, session: Session) -> None:
    with pytest.raises(IntegrityError, match="given"):
        session.execute(text("UPDATE canned_note SET en = ' '"))
