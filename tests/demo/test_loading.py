"""Loading the demo: through the real services, once, all or nothing, the same each time."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch, Client, Region
from audit.db import db
from audit.demo import load as demo
from audit.demo import pictures
from audit.demo.load import ensure, load, reset
from audit.demo.painting.jobs import Picture
from audit.review.models import Scorecard
from audit.visits import photos
from audit.visits.lifecycle import State
from audit.visits.models import Answer, Photo, ReturnNote, Visit, VisitEvent
from audit.waves.models import Wave
from tests.conftest import _empty_tables

SHARE = 0.0  # what is needed to have everything once


@pytest.fixture(scope="module")
def loaded(app: Flask) -> Iterator[Flask]:
    """A small demo for all tests that only look."""
    began = time.monotonic()
    load(app, 2026, SHARE)
    sys.stdout.write(f"a small demo took {time.monotonic() - began:.1f} s\n")
    yield app
    with app.app_context():
        _empty_tables(db.session())
        db.session.remove()


@pytest.fixture
def rows(loaded: Flask) -> Iterator[Session]:
    """A session on the loaded demo."""
    with loaded.app_context():
        yield db.session()
        db.session.remove()


def count(rows: Session, model: type[Any]) -> int:
    """How many there are."""
    return rows.scalar(select(func.count()).select_from(model)) or 0


def digest(rows: Session) -> str:
    """All answers, scores, photos and events, without what is drawn anew each time."""
    parts = [
        rows.execute(select(Answer.question_id, Answer.value, Answer.na, Answer.comment, Answer.given_at)),
        rows.execute(select(Scorecard.result, Scorecard.answers, Scorecard.photos, Scorecard.released_at)),
        rows.execute(select(Photo.id, Photo.sha256, Photo.taken_at, Photo.latitude, Photo.screen_key)),
        rows.execute(select(VisitEvent.at, VisitEvent.action, VisitEvent.from_state, VisitEvent.to_state)),
    ]
    found = [sorted(json.dumps(list(row), default=str, sort_keys=True) for row in part) for part in parts]
    assert all(found)
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def test_places_people_and_waves(rows: Session) -> None:
    assert (count(rows, Client), count(rows, Region), count(rows, Branch), count(rows, Wave)) == (3, 6, 32, 6)
    people = list(rows.scalars(select(Person)))
    assert sum(person.has(RoleName.SHOPPER) for person in people) == 12
    for role in RoleName:
        assert any(person.has(role) for person in people), role
    assert len({person.password for person in people}) == 1
    assert {wave.state for wave in rows.scalars(select(Wave))} == {"open", "closed"}


def test_every_state_is_there_with_its_history(rows: Session) -> None:
    visits = list(rows.scalars(select(Visit)))
    assert {visit.state for visit in visits} == set(State)
    actions = set(rows.scalars(select(VisitEvent.action)))
    assert actions >= {"plan", "offer", "accept", "start", "submit", "return", "approve", "release", "reject"}
    assert actions >= {"abort", "cancel"}
    for visit in visits:
        assert visit.events[-1].to_state == visit.state
        times = [event.at for event in visit.events]
        assert times == sorted(times)
    assert count(rows, ReturnNote) > 0


def test_every_released_visit_has_a_scorecard(rows: Session) -> None:
    released = set(rows.scalars(select(Visit.id).where(Visit.state == State.RELEASED)))
    cards = list(rows.scalars(select(Scorecard).where(Scorecard.released_at.is_not(None))))
    assert released == {card.visit_id for card in cards}
    assert all(card.status == "scored" and card.photos and card.context for card in cards)
    assert len({round(card.overall or 0, 1) for card in cards}) > len(cards) / 2


def test_photos_keep_the_cameras_data_and_their_copies_do_not(rows: Session, loaded: Flask) -> None:
    storage = loaded.extensions["storage"]
    kept = list(rows.scalars(select(Photo)))
    assert len({photo.sha256 for photo in kept}) == len(kept) - 1 > 30  # one was sent a second time
    for photo in kept:
        assert photo.state == "stored"
        assert photo.taken_at is not None
        looked = photos.look(storage.read(photo.sha256))
        assert looked.taken_at is not None
        for key in (photo.screen_key, photo.pdf_key, photo.grid_key):
            copy = photos.look(storage.read(str(key)))
            assert (copy.taken_at, copy.gps) == (None, None)
            assert b"Exif" not in storage.read(str(key))[:4096]


def test_loading_again_changes_nothing(rows: Session, loaded: Flask) -> None:
    before = digest(rows)
    rows.commit()
    signs = ensure(loaded)
    assert [one.role for one in signs] == [
        "shopper",
        "editor",
        "admin",
        "branch manager",
        "area manager",
        "head office",
    ]
    load(loaded, 1, SHARE)
    assert digest(rows) == before


def test_one_can_sign_in_as_each_role(loaded: Flask) -> None:
    for one in ensure(loaded):
        answer = loaded.test_client().post("/sign-in", data={"identity": one.email, "password": one.password})
        assert answer.status_code in (302, 303), (one.role, answer.status_code)


def test_a_reset_that_breaks_off_leaves_nothing_and_the_next_start_loads_the_same(
    rows: Session, loaded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = loaded.extensions["storage"]
    stray = storage.put(b"left over")
    before = digest(rows)
    rows.commit()
    monkeypatch.setattr(demo, "load", lambda app, seed: load(app, seed, SHARE))
    with monkeypatch.context() as broken:
        broken.setattr(demo, "close_wave", lambda wave, by, at: sys.exit(3))
        with pytest.raises(SystemExit):
            reset(loaded, 2026)
    assert not storage.exists(stray)
    assert count(rows, Person) == count(rows, Visit) == 0
    assert rows.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
    rows.commit()
    assert len(ensure(loaded)) == 6
    assert digest(rows) == before


def test_painting_in_several_processes_makes_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every: list[Picture] = [
        picture for life in demo.write(5, SHARE, demo.now().date()) for picture in life.pictures
    ]
    few = [picture for picture in every if picture.size[0] <= 1600][:8]
    with pictures.painting(few, tmp_path / "one") as painted:
        alone = dict(painted)
    monkeypatch.setattr(pictures, "FEW", 2)
    with pictures.painting(few, tmp_path / "many") as painted:
        assert dict(painted) == alone
    assert len(alone) == 8


def test_painters_end_when_the_program_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "start.py"
    script.write_text(
        "import os, sys, time\nfrom pathlib import Path\nfrom audit.demo.pictures import _executor\n"
        "if __name__ == '__main__':\n"
        "    with _executor(1) as executor:\n"
        "        print(executor.submit(os.getpid).result(), flush=True)\n        time.sleep(60)\n"
    )
    running = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert running.stdout is not None
    with running.stdout:
        painter = int(running.stdout.readline())
        assert Path(f"/proc/{painter}").exists()
        running.kill()
        running.wait()
        for _ in range(100):
            if not _alive(painter):
                break
            time.sleep(0.1)
    assert not _alive(painter)


def _alive(process: int) -> bool:
    """Whether it runs; a zombie that nobody has collected does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
