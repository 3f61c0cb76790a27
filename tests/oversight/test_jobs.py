"""The jobs that were given up: shown to the admin, run again, each with a job that really fails."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.db import now
from audit.oversight import failures
from audit.review.models import Scorecard, ScorecardFile
from audit.trail.models import Entry
from audit.visits.lifecycle import State
from audit.waves.models import WaveState
from tests import factories, stories
from tests.conftest import World

ClientOf = Callable[[Person | None], FlaskClient]


def worked_off(app: Flask, session: Session) -> None:
    """Everything is tried until it is done or given up; nobody waits for the next try."""
    session.commit()
    for _run in range(6):
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
        session.commit()
        jobs.run_until_idle(app, raises=False)
    session.expire_all()


@pytest.fixture
def card(session: Session, world: World, shopper: Person, editor: Person, admin: Person) -> Scorecard:
    """Released; what else the release asked for is left out."""
    wave = factories.wave(world.client, admin, state=WaveState.OPEN)
    visit = factories.visit(wave, world.branch, shopper, State.IN_PROGRESS)
    stories.submitted(visit, shopper)
    stories.approved(visit, editor)
    made = stories.released(visit, admin)
    session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name <> 'make_scorecard_files'"))
    session.commit()
    return made


@pytest.fixture
def repair(app: Flask, card: Scorecard) -> Iterator[Callable[[], None]]:
    """The disk takes no files until this is called."""
    folder: Path = app.extensions["storage"].root / ".incoming"
    away = folder.with_name(".away")
    folder.rename(away)

    def mended() -> None:
        if away.exists():
            away.rename(folder)

    yield mended
    mended()


def test_a_given_up_pdf_is_shown_run_again_and_made(
    app: Flask,
    session: Session,
    card: Scorecard,
    repair: Callable[[], None],
    admin: Person,
    branch_manager: Person,
    client_of: ClientOf,
) -> None:
    browser, reader = client_of(admin), client_of(branch_manager)
    address, gave_up = f"/scorecards/{card.id}", "Chưa tạo được tệp PDF"
    assert "Không có việc chạy nền nào phải dừng vì lỗi" in browser.get("/jobs").text
    assert "phải dừng vì lỗi" not in browser.get("/waves").text
    assert gave_up not in reader.get(address).text + reader.get(f"{address}/pdf").text
    worked_off(app, session)
    assert jobs.status(session) == {"failed": 1}

    assert "1 việc chạy nền đã phải dừng vì lỗi" in browser.get("/waves").text
    page = browser.get("/jobs").text
    assert "1 việc chạy nền đã phải dừng vì lỗi" in page
    assert "Tạo các tệp PDF của một phiếu điểm" in page
    assert f"{card.number}-v1" in page
    assert f'href="/scorecards/{card.id}"' in page
    (failed,) = jobs.failed(session)
    assert failed.at <= now()
    assert (failed.attempts, failed.args) == (5, {"scorecard_id": card.id})

    assert gave_up in reader.get(address).text
    refused = reader.get(f"{address}/pdf")
    assert (refused.status_code, gave_up in refused.text) == (409, True)

    repair()
    for _click in range(2):
        assert browser.post(f"/jobs/{failed.id}/again").status_code == 303
    session.commit()
    assert jobs.status(session) == {"todo": 1}
    assert gave_up not in reader.get(address).text
    (entry,) = session.scalars(select(Entry).where(Entry.kind == "job.run_again"))
    assert (entry.by_id, entry.data) == (admin.id, {"job": failed.id, "task": "make_scorecard_files"})
    worked_off(app, session)
    assert jobs.status(session) == {"succeeded": 1}
    made = session.scalars(select(ScorecardFile.language).where(ScorecardFile.scorecard_id == card.id))
    assert sorted(made) == ["en", "vi"]
    assert "Chạy lại việc chạy nền" in browser.get("/trail").text


def test_a_job_that_is_run_again_has_all_its_tries(
    app: Flask,
    session: Session,
    card: Scorecard,
    repair: Callable[[], None],
    admin: Person,
    client_of: ClientOf,
) -> None:
    worked_off(app, session)
    assert client_of(admin).post("/jobs/again").status_code == 303
    session.commit()
    jobs.run_until_idle(app, raises=False)
    session.commit()
    assert jobs.status(session) == {"todo": 1}  # not given up at its first failure
    worked_off(app, session)
    (failed,) = jobs.failed(session)
    assert failed.attempts == 10


def test_of_twins_one_runs_again(session: Session, admin: Person, client_of: ClientOf) -> None:
    for _time in range(2):
        number = jobs.defer(session, "release_wave_due", queueing_lock="release-7", wave_id=7)
        session.execute(text("SELECT procrastinate_finish_job_v1(:id, 'failed', false)"), {"id": number})
    session.commit()
    browser = client_of(admin)
    assert "2 việc chạy nền" in browser.get("/jobs").text
    assert browser.post("/jobs/again").status_code == 303
    session.commit()
    assert jobs.status(session) == {"todo": 1, "cancelled": 1}
    assert browser.post("/jobs/again").status_code == 303
    session.commit()
    assert jobs.status(session) == {"todo": 1, "cancelled": 1}


def test_every_task_has_words(app: Flask) -> None:
    own = {name for name in app.extensions["jobs"] if "." not in name}  # the others are of tests
    assert own <= set(failures.TASKS)


def test_a_job_that_never_was_is_no_page(admin: Person, client_of: ClientOf) -> None:
    assert client_of(admin).post("/jobs/999999/again").status_code == 404


@pytest.mark.parametrize("who", ["editor", "head_office", "shopper"])
def test_jobs_are_the_admins(who: str, client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    browser = client_of(request.getfixturevalue(who))
    assert browser.get("/jobs").status_code == 403
    assert browser.post("/jobs/again").status_code == 403
    assert browser.post("/jobs/1/again").status_code == 403
