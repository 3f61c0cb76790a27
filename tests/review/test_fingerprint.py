"""The fingerprint of a released scorecard: of the whole row, the same in the database and at the release."""

import hashlib
import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit import commands
from audit.accounts.models import Person, RoleName
from audit.reports import tasks
from audit.review import fingerprint
from audit.review.models import Scorecard, ScorecardFile
from audit.visits.models import Visit
from tests import factories, stories

FREE = {"id", "is_current", "knockouts", "sha256"}
CHANGES = {
    "number": "'X-1'",
    "edition": "edition + 1, reason = 'x'",
    "visit_id": "NULL",
    "client_id": "NULL",
    "wave_id": "NULL",
    "branch_id": "NULL",
    "version_id": "NULL",
    "made_by_id": "NULL",
    "status": "'not_scorable', overall = NULL",
    "overall": "overall - 0.000000000000000000000000000001",
    "before_knockouts": "before_knockouts + 0.000000000000000000000000000001",
    "visited_on": "visited_on + 1",
    "daypart": "'noon'",
    "result": "jsonb_set(result, '{overall_shown}', '\"99.9\"')",
    "answers": "jsonb_set(answers, '{greeted,value}', '\"yes\"')",
    "photos": "jsonb_set(photos, '{0,screen}', '\"0\"')",
    "context": "jsonb_set(context, '{branch,name}', '\"Nơi khác\"')",
    "made_at": "made_at + interval '1 microsecond'",
    "released_at": "released_at + interval '1 microsecond'",
    "dispute_until": "dispute_until + 1",
    "reason": "'x', edition = 2",
}


@pytest.fixture
def card(approved: Visit, admin: Person) -> Scorecard:
    """Released."""
    return stories.released(approved, admin)


@pytest.fixture
def migration() -> ModuleType:
    """The one that took the fingerprints of what had been released before."""
    return importlib.import_module("audit.migrations.versions.0008_said_by_whom")


@contextmanager
def unguarded(session: Session) -> Iterator[None]:
    """As somebody would who owns the database."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    yield
    session.execute(text("SET LOCAL session_replication_role = origin"))


def test_a_release_takes_the_fingerprint_and_nothing_before(
    approved: Visit, admin: Person, session: Session
) -> None:
    made = session.query(Scorecard).one()
    assert made.sha256 is None
    stories.released(approved, admin)
    session.expire_all()
    said = fingerprint.canonical(made)
    assert made.sha256 == hashlib.sha256(said).hexdigest()
    told = json.loads(said)
    assert told["released_at"] == made.released_at.isoformat(timespec="microseconds")  # type: ignore[union-attr]
    assert len(told["overall"].partition(".")[2]) == 30
    assert (told["checklist"], told["photos"]) == (made.version.sha256, made.photos)


def test_another_edition_has_its_own(card: Scorecard, branch_manager: Person, session: Session) -> None:
    second = factories.person("Ngô Bảo An", RoleName.EDITOR)
    session.commit()
    stories.upheld(stories.disputed(card, branch_manager), second, {"value": "yes"})
    session.expire_all()
    first, later = session.query(Scorecard).order_by(Scorecard.edition).all()
    assert later.sha256 == fingerprint.fingerprint(later) != first.sha256
    assert first.sha256 == fingerprint.fingerprint(first)  # it is only the current one no more


def test_every_column_is_part_of_it() -> None:
    assert set(Scorecard.__table__.columns.keys()) == CHANGES.keys() | FREE


@pytest.mark.parametrize("column", [name for name, change in CHANGES.items() if change != "NULL"])
def test_whatever_is_changed_changes_it(column: str, card: Scorecard, session: Session) -> None:
    before = card.sha256
    with unguarded(session):
        session.execute(text(f"UPDATE scorecard SET {column} = {CHANGES[column]}"))
    session.expire_all()
    assert fingerprint.fingerprint(card) != before
    assert [one.id for one in fingerprint.changed()] == [card.id]
    session.rollback()
    assert list(fingerprint.changed()) == []


@pytest.mark.parametrize("column", [name for name, change in CHANGES.items() if change == "NULL"])
def test_it_belongs_to_this_visit_and_place(column: str, card: Scorecard, session: Session) -> None:
    before = fingerprint.fingerprint(card)
    if column == "version_id":
        card.version = factories.version()
    else:
        setattr(card, column, getattr(card, column) + 1)
    with session.no_autoflush:
        assert fingerprint.fingerprint(card) != before
    session.rollback()


def test_how_a_number_is_written_changes_nothing(card: Scorecard, session: Session) -> None:
    before = fingerprint.fingerprint(card)
    with unguarded(session):
        session.execute(text("UPDATE scorecard SET answers = jsonb_set(answers, '{nps,value}', '10.0')"))
    session.expire_all()
    assert fingerprint.fingerprint(card) == before


def test_the_migration_takes_the_same(card: Scorecard, migration: ModuleType, session: Session) -> None:
    (row,) = [dict(row) for row in session.execute(text(migration.RELEASED), {"after": 0}).mappings()]
    row.pop("id")
    assert migration.fingerprint(row) == card.sha256


def test_the_fingerprint_itself_stays(card: Scorecard, session: Session) -> None:
    with pytest.raises(IntegrityError, match="never changes"):
        session.execute(text("UPDATE scorecard SET sha256 = repeat('0', 64)"))


def test_the_command_finds_what_was_changed(
    app: Flask, card: Scorecard, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.app.create_app", lambda: app)
    tasks.make_scorecard_files(card.id)
    run = CliRunner().invoke
    fine = run(commands.group, ["verify-scorecards", "--files"])
    assert (fine.exit_code, fine.output) == (0, "Everything is as it was released.\n")

    with unguarded(session):
        session.execute(text("UPDATE scorecard SET daypart = 'noon'"))
    session.commit()
    file = session.query(ScorecardFile).filter_by(language="en").one()
    app.extensions["storage"].delete(file.sha256)
    wrong = run(commands.group, ["verify-scorecards", "--files"])
    assert wrong.exit_code == 1
    assert f"{card.number} version 1: changed\n" in wrong.output
    assert f"{card.number} version 1, PDF (en): changed or lost\n" in wrong.output
    assert "2 released documents are not what was released." in wrong.output
    assert "PDF" not in run(commands.group, ["verify-scorecards"]).output
