"""The thread beside a scorecard and its acknowledgement."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit.accounts.models import Grant, Person, RoleName
from audit.accounts.texts import ROLE_WORDS
from audit.errors import Conflict, Forbidden, Invalid
from audit.followup import thread, thread_list
from audit.followup.models import Acknowledgement, Message
from audit.followup.naming import agency_word
from audit.mails.models import Mail
from audit.review.models import Scorecard
from audit.trail.models import Entry
from tests import factories
from tests.conftest import World
from tests.followup.conftest import AT, Lived

LATER = AT + timedelta(hours=5)
WORDS = "Quầy số 3 hôm đó bảo trì 61,5 phút."


@pytest.fixture
def everybody(
    branch_manager: Person,
    other_manager: Person,
    area_manager: Person,
    head_office: Person,
    other_client: Person,
    admin: Person,
    editor: Person,
) -> dict[int, str]:
    """Names of the cast by number."""
    cast = locals()
    return {person.id: name for name, person in cast.items()}


def told(session: Session, everybody: dict[int, str], message: Message) -> set[str]:
    query = select(Mail.person_id).where(Mail.key.startswith("message:"), Mail.posted_at == message.at)
    return {everybody[one] for one in session.scalars(query)}


def test_a_manager_writes_and_the_others_are_told(
    session: Session, card: Scorecard, branch_manager: Person, everybody: dict[int, str]
) -> None:
    made = thread.write(card, branch_manager, LATER, f"  {WORDS} ")
    session.commit()
    assert made.text == WORDS
    assert told(session, everybody, made) == {"area_manager", "head_office", "editor"}
    assert session.scalars(select(Entry.kind).where(Entry.kind == "message.written")).all()


def test_the_mail_holds_a_link_and_neither_figures_nor_what_was_written(
    session: Session, card: Scorecard, branch_manager: Person, everybody: dict[int, str]
) -> None:
    thread.write(card, branch_manager, LATER, WORDS)
    session.commit()
    for mail in session.scalars(select(Mail).where(Mail.key.startswith("message:"))):
        said = f"{mail.subject}\n{mail.body}".replace(card.wave.name, "")
        assert f"/scorecards/{card.id}/thread" in said
        assert "bảo trì" not in said
        assert not re.search(r"\d+[.,]\d", re.sub(r"https?://\S+", "", said))


def test_an_answer_of_the_agency_reaches_the_branch_and_names_nobody_of_it(
    session: Session,
    card: Scorecard,
    branch_manager: Person,
    admin: Person,
    editor: Person,
    everybody: dict[int, str],
) -> None:
    thread.write(card, branch_manager, LATER, WORDS)
    made = thread.write(card, admin, LATER + timedelta(hours=1), "Chúng tôi xem lại.")
    session.commit()
    assert told(session, everybody, made) == {"branch_manager", "area_manager", "head_office", "editor"}
    read = thread.messages_of(card, branch_manager)
    assert [(said.who, said.is_agency) for said in read] == [
        ("Nguyễn Văn Nam", False),
        (agency_word(), True),
    ]
    assert admin.name not in str(read)
    assert read[1].role == ""
    for_agency = thread.messages_of(card, editor)
    assert [said.who for said in for_agency] == ["Nguyễn Văn Nam", "Đỗ Hải Yến"]


def test_who_spoke_for_the_agency_stays_unnamed_when_no_editor_any_more(
    session: Session, card: Scorecard, branch_manager: Person, editor: Person
) -> None:
    thread.write(card, branch_manager, LATER, WORDS)
    thread.write(card, editor, LATER, "Chúng tôi xem lại.")
    editor.grants = [Grant(role=RoleName.SHOPPER)]
    session.commit()
    (_asked, answered) = thread.messages_of(card, branch_manager)
    assert (answered.who, answered.role, answered.is_agency) == (agency_word(), "", True)
    ((found,), total, waits) = thread_list.thread_page_of(branch_manager, False, 1)
    assert (found.last.who, found.waits, total, waits) == (agency_word(), False, 1, 0)


def test_every_admin_is_told_where_nobody_who_worked_on_it_is_left(
    session: Session, card: Scorecard, branch_manager: Person, editor: Person, everybody: dict[int, str]
) -> None:
    editor.active = False
    made = thread.write(card, branch_manager, LATER, WORDS)
    session.commit()
    assert told(session, everybody, made) == {"area_manager", "head_office", "admin"}


def test_the_same_words_twice_are_one_message_and_later_are_two(
    session: Session, card: Scorecard, branch_manager: Person
) -> None:
    first = thread.write(card, branch_manager, LATER, WORDS)
    assert thread.write(card, branch_manager, LATER + timedelta(seconds=2), WORDS).id == first.id
    assert thread.write(card, branch_manager, LATER + timedelta(hours=1), WORDS).id != first.id


@pytest.mark.parametrize("words", ["", " \n ", "a" * 2_001])
def test_an_empty_or_endless_message_is_refused(card: Scorecard, branch_manager: Person, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        thread.write(card, branch_manager, LATER, words)
    assert refusal.value.details["field"] == "text"


def test_the_thread_is_the_visits_not_the_branchs(
    session: Session, lived: Lived, card: Scorecard, branch_manager: Person
) -> None:
    thread.write(card, branch_manager, LATER, WORDS)
    session.commit()
    assert thread.messages_of(lived(None, AT + timedelta(days=3)), branch_manager) == []


def test_acknowledging_is_noted_once(session: Session, card: Scorecard, branch_manager: Person) -> None:
    for _click in range(2):
        thread.acknowledge(card, branch_manager, LATER)
        session.commit()
    seen = thread.acknowledged_by(card, branch_manager)
    assert [(one.who, one.at) for one in seen] == [("Nguyễn Văn Nam", LATER)]
    kinds = session.scalars(select(Entry.kind).where(Entry.kind == "scorecard.acknowledged")).all()
    assert len(kinds) == 1


def test_the_agency_does_not_acknowledge(card: Scorecard, editor: Person) -> None:
    with pytest.raises(Forbidden):
        thread.acknowledge(card, editor, LATER)


def test_an_edition_that_was_replaced_is_not_acknowledged(
    session: Session, card: Scorecard, branch_manager: Person
) -> None:
    card.is_current = False
    session.commit()
    with pytest.raises(Conflict):
        thread.acknowledge(card, branch_manager, LATER)


def test_who_holds_two_roles_is_shown_by_the_wider_one(session: Session, world: World) -> None:
    both = factories.person("Lý Thị Bé", RoleName.BRANCH_MANAGER, branch=world.branch)
    both.grants.append(Grant(role=RoleName.HEAD_OFFICE, client_id=world.client.id))
    session.commit()
    assert thread.role_of(both) == str(ROLE_WORDS[RoleName.HEAD_OFFICE])


@pytest.mark.parametrize("table", ["message", "acknowledgement", "action_event"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET at = now()", "DELETE FROM {table}"])
def test_the_database_changes_none_of_it(
    session: Session, card: Scorecard, branch_manager: Person, table: str, change: str
) -> None:
    thread.write(card, branch_manager, LATER, WORDS)
    thread.acknowledge(card, branch_manager, LATER)
    session.commit()
    assert session.scalar(select(Message.id)) is not None
    assert session.scalar(select(Acknowledgement.person_id)) is not None
    with pytest.raises(DBAPIError):
        session.execute(text(change.format(table=table)))
    session.rollback()


def test_the_list_puts_first_what_waits_for_the_agency(
    session: Session,
    lived: Lived,
    card: Scorecard,
    branch_manager: Person,
    other_manager: Person,
    other_client: Person,
    admin: Person,
) -> None:
    answered = lived(None, AT + timedelta(days=3))
    thread.write(card, branch_manager, LATER, WORDS)
    thread.write(answered, branch_manager, LATER, "Vì sao mất điểm?")
    thread.write(answered, admin, LATER, "Chúng tôi xem lại.")
    session.commit()
    found, total, waits = thread_list.thread_page_of(admin, False, 1)
    assert [(one.card.id, one.count, one.waits) for one in found] == [
        (card.id, 1, True),
        (answered.id, 2, False),
    ]
    assert (total, waits) == (2, 1)
    found, total, waits = thread_list.thread_page_of(branch_manager, True, 1)
    assert [one.card.id for one in found] == [card.id]
    assert admin.name not in str(thread_list.thread_page_of(branch_manager, False, 1)[0][1].last)
    assert thread_list.thread_page_of(other_manager, False, 1) == ([], 0, 0)
    assert thread_list.thread_page_of(other_client, False, 1) == ([], 0, 0)


def test_a_reader_gets_one_mail_an_hour_for_a_thread(
    session: Session, lived: Lived, card: Scorecard, branch_manager: Person, head_office: Person
) -> None:
    other = lived(None, AT + timedelta(days=3))
    query = select(func.count()).where(Mail.key.startswith("message:"), Mail.person_id == head_office.id)
    hour = LATER.replace(minute=0)
    for minutes, mails in ((0, 1), (5, 1), (59, 1), (60, 2)):
        thread.write(card, branch_manager, hour + timedelta(minutes=minutes), f"{WORDS} {minutes}")
        session.commit()
        assert session.scalar(query) == mails
    thread.write(other, branch_manager, hour, WORDS)
    session.commit()
    assert session.scalar(query) == 3
