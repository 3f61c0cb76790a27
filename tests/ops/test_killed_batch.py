"""Workers killed with -9 at random moments: each PDF of a batch is made once, each mail is sent once."""

import hashlib
import io
import os
import random
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.mails.models import Mail
from audit.mails.services import post
from audit.mails.transports import folder
from audit.reports import batches
from audit.reports.models import Batch, BatchItem
from audit.review.models import Scorecard, ScorecardFile
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World, session
from tests.copies import copied_card
from tests.mails.conftest import Postman, postman, server

__all__ = ["postman", "server", "session"]  # the real application's, not the bare queue's of this folder

MANY = 60
WORKERS = 3
SEED = 20261122
WORKER = """
import os, pathlib, sys, time
from audit import jobs
jobs.STALLED_SECONDS, jobs.HEARTBEAT_SECONDS, jobs.REAP_SECONDS = 2.0, 0.3, 0.4
jobs.POLL_SECONDS, jobs.FIRST_WAIT_SECONDS = 0.3, 0.2
from audit.app import create_app
from audit.mails.transports import FileTransport
from audit.reports import pdf

notes = pathlib.Path(sys.argv[1])

def note(word):
    with notes.open("a") as file:
        file.write(word + "\\n")

def slowly(first):
    def send(self, message, name):
        note(f"mail {name}")
        time.sleep(0.03)  # a disk that takes its time, so that death comes before, in between and after
        first(self, message, name)
        time.sleep(0.03)
    return send

def noted(first):
    def render(view, read):
        note(f"pdf {view.document.number}")
        return first(view, read)
    return render

FileTransport.send = slowly(FileTransport.send)
pdf.render = noted(pdf.render)
app = create_app()
note(f"ready {os.getpid()}")
jobs.run_worker(app)
"""


class Crew:
    """Some workers, each replaced when it dies; `kills` counts."""

    def __init__(self, environment: dict[str, str], notes: Path) -> None:
        self.environment, self.notes = environment, notes
        self.workers: list[subprocess.Popen[bytes]] = []
        self.kills = 0
        self.chance = random.Random(SEED)
        for _ in range(WORKERS):
            self._start()

    def _start(self) -> None:
        command = [sys.executable, "-c", WORKER, str(self.notes)]
        self.workers.append(subprocess.Popen(command, env=self.environment))

    def kill_until(self, finished: Callable[[], bool], most: int, seconds: float) -> None:
        """Kill one worker after the other at random moments, at most so many, until the work is done."""
        deadline = time.monotonic() + seconds
        while not finished():
            assert time.monotonic() < deadline, "the work was not done in time"
            time.sleep(self.chance.uniform(0.05, 0.8))
            # Only among workers that have begun: else none would ever get to work.
            at_work = [worker for worker in self.workers if str(worker.pid) in self.noted("ready")]
            if self.kills < most and at_work:
                victim = self.chance.choice(at_work)
                self.workers.remove(victim)
                victim.kill()
                victim.wait()
                self.kills += 1
                self._start()

    def stop(self) -> None:
        """All of them, at once."""
        for worker in self.workers:
            worker.kill()
            worker.wait()

    def noted(self, kind: str) -> Counter[str]:
        """How often each thing of a kind was begun."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return Counter(line.removeprefix(f"{kind} ") for line in lines if line.startswith(f"{kind} "))


@pytest.fixture
def crew(app: Flask, tmp_path: Path) -> Iterator[Callable[..., Crew]]:
    """Starts workers on the application's data; all are gone afterwards."""
    settings = app.extensions["settings"]
    environment = {
        **os.environ,
        "AUDIT_DATABASE_URL": settings.database_url,
        "AUDIT_VAR": str(settings.var),
        "AUDIT_UPLOADS": str(settings.uploads),
        "AUDIT_SECRET_KEY": settings.secret_key,
    }
    made: list[Crew] = []

    def start(**more: str) -> Crew:
        made.append(Crew({**environment, **more}, tmp_path / "notes"))
        return made[-1]

    yield start
    for one in made:
        one.stop()


@pytest.fixture
def wave(session: Session, world: World, admin: Person, shopper: Person, editor: Person) -> Wave:
    """A wave with many released scorecards, whose files are not made."""
    made = factories.wave(world.client, admin)
    visit = factories.visit(made, world.branch, shopper)
    session.commit()
    stories.submitted(visit, shopper)
    stories.approved(visit, editor)
    card = stories.released(visit, admin)
    for number in range(1, MANY):
        copied_card(session, card, number)
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    return made


def posted(session: Session, person: Person) -> None:
    """Many mails."""
    for number in range(MANY):
        priority = batches.PRIORITY
        assert post(
            f"release:{number}:{person.id}",
            person,
            factories.AT,
            lambda: ("Phiếu điểm", "…\n"),
            priority=priority,
        )
    session.commit()


def idle(session: Session) -> Callable[[], bool]:
    """Whether no job is left that waits or runs."""

    def finished() -> bool:
        session.rollback()
        left = jobs.status(session)
        return not left.get("todo") and not left.get("doing")

    return finished


@pytest.mark.timeout(400)
def test_every_pdf_is_made_once_and_every_mail_written_once(
    wave: Wave, head_office: Person, app: Flask, session: Session, crew: Callable[..., Crew]
) -> None:
    outbox = folder(app.extensions["settings"])
    before = set(outbox.glob("*")) if outbox.exists() else set()
    posted(session, head_office)
    batch = batches.order(head_office, wave, "vi", factories.AT)
    batch_id = batch.id
    session.commit()
    workers = crew()

    workers.kill_until(idle(session), most=7, seconds=300)

    assert workers.kills >= 4, "too few deaths to say anything"
    assert set(jobs.status(session)) == {"succeeded"}
    batch = session.get_one(Batch, batch_id, populate_existing=True)
    done = session.scalars(select(func.count(BatchItem.done_at)).where(BatchItem.batch_id == batch_id)).one()
    assert done == MANY
    files = session.scalars(select(ScorecardFile).where(ScorecardFile.language == "vi")).all()
    assert len(files) == len({file.scorecard_id for file in files}) == MANY
    storage = app.extensions["storage"]
    packed = zipfile.ZipFile(io.BytesIO(storage.read(batch.zip_sha256)))
    assert len(set(packed.namelist())) == len(packed.namelist()) == MANY
    hashes = {hashlib.sha256(packed.read(name)).hexdigest() for name in packed.namelist()}
    assert hashes == {file.sha256 for file in files}
    # Nothing was printed again but what a death interrupted.
    assert sum(workers.noted("pdf").values()) <= MANY + workers.kills
    written = set(outbox.glob("*")) - before
    assert len([path for path in written if path.suffix == ".eml"]) == MANY
    states = Counter(session.scalars(select(Mail.state)))
    assert states == {"sent": MANY}
    assert sum(workers.noted("mail").values()) <= MANY + workers.kills
    assert session.scalars(select(func.count()).select_from(Scorecard)).one() == MANY


@pytest.mark.timeout(400)
def test_no_mail_is_sent_twice_by_a_server_and_each_that_may_be_lost_is_known(
    app: Flask,
    session: Session,
    head_office: Person,
    crew: Callable[..., Crew],
    postman: Postman,
    server: Any,
) -> None:
    postman.seconds = 0.25
    posted(session, head_office)
    workers = crew(AUDIT_SMTP_URL=f"smtp://127.0.0.1:{server.port}?tls=none")

    workers.kill_until(idle(session), most=5, seconds=200)

    assert workers.kills >= 3, "too few deaths to say anything"
    session.rollback()
    taken = Counter(str(mail["Message-ID"]) for mail in postman.mails)
    assert set(taken.values()) == {1}  # never twice
    mails = session.scalars(select(Mail)).all()
    states = Counter(mail.state for mail in mails)
    assert states["sent"] + states["unsure"] == MANY
    assert states["unsure"] <= workers.kills
    assert states["sent"] <= len(taken) <= MANY
    assert set(jobs.status(session)) == {"succeeded"}
