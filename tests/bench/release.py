"""Release day: many scorecards at once, and how the pages answer while a worker prints and sends."""

import http.client
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, text

from audit.accounts.models import Person, RoleName
from audit.db import db, now
from audit.mails.models import Mail
from audit.review import release
from audit.review.models import Scorecard, ScorecardFile
from audit.visits import evidence
from audit.waves.models import Wave
from tests import copies, factories, stories
from tests.bench import submissions
from tests.bench.place import Place, Server, fresh, quantile, server

LANGUAGES = 2
PAUSE = 0.4  # between two pages of one reader, seconds: four of them read about ten pages a second
IDLE_SECONDS = 8.0
LONGEST = 3600.0


@dataclass
class Readers:
    """People who turn pages all the time, one after the other each: how long each page took, in seconds."""

    port: int
    visits: list[tuple[str, str]]  # session cookie and address
    times: list[float] = field(default_factory=list)
    failures: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While it lasts."""
        threads = [threading.Thread(target=self._turn, args=visit) for visit in self.visits]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._done.set()
            for thread in threads:
                thread.join()

    def _turn(self, cookie: str, path: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self._done.is_set():
            began = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            self.times.append(time.perf_counter() - began)
            self.failures += answer.status != 200
            self._done.wait(PAUSE)
        connection.close()

    def quantiles(self) -> tuple[float, float]:
        """Median and 95 %, in milliseconds."""
        return (
            round(statistics.median(self.times) * 1000, 1),
            round(quantile(self.times, 0.95) * 1000, 1),
        )


def bench(
    scorecards: int = 500, workers: tuple[int, ...] = (1,), idle: float = IDLE_SECONDS
) -> list[dict[str, Any]]:
    """A row for each number of workers: a wave of so many scorecards released, printed and announced."""
    rows = []
    for number in workers:
        with fresh() as place:
            rows.append(_measured(place, scorecards, number, idle))
    return rows


def _measured(place: Place, scorecards: int, workers: int, idle: float) -> dict[str, Any]:
    with place.app.app_context():
        visits, wave_id, admin_id = _fill(place, scorecards)
    with server(place, "-m", "audit", "web") as web:
        quiet = Readers(place.settings.port, visits)
        with quiet.reading():
            time.sleep(idle)
        with place.app.app_context():
            began = time.perf_counter()
            wave, admin = db.session.get_one(Wave, wave_id), db.session.get_one(Person, admin_id)
            release.release_wave(wave, admin, now())
            db.session.commit()
            released = time.perf_counter() - began
        busy = Readers(place.settings.port, visits)
        with busy.reading():
            done = _work_off(place, workers, scorecards)
        web_memory = web.memory_mb()
    idle_ms, busy_ms = quiet.quantiles(), busy.quantiles()
    return {
        "scorecards": scorecards,
        "workers": workers,
        "release_s": round(released, 2),
        "documents": done.documents,
        "seconds": round(done.seconds, 1),
        "documents_per_second": round(done.documents / done.seconds, 2),
        "cpu_ms_per_document": round(done.cpu_seconds / done.documents * 1000),
        "mails": done.mails,
        "worker_mb": round(done.memory_mb / workers),
        "web_mb": round(web_memory),
        "idle_p50_ms": idle_ms[0],
        "idle_p95_ms": idle_ms[1],
        "busy_p50_ms": busy_ms[0],
        "busy_p95_ms": busy_ms[1],
        "pages": len(busy.times),
        "failures": quiet.failures + busy.failures,
    }


@dataclass(frozen=True)
class Done:
    """What the workers did after their first document (imports, fonts): `documents` in `seconds`."""

    documents: int
    seconds: float
    cpu_seconds: float
    memory_mb: float  # of all workers, the most
    mails: int


def _work_off(place: Place, workers: int, scorecards: int) -> Done:
    """Until all is printed and sent."""
    # One scorecard was released before, for people to read; its files are made with the others.
    wanted = (scorecards + 1) * LANGUAGES
    with _running(place, workers) as family:
        started, peak = time.perf_counter(), 0.0
        began, cpu, first = 0.0, 0.0, 0
        while True:
            peak = max(peak, sum(one.memory_mb() for one in family))
            with place.app.app_context():
                made = db.session.scalars(select(func.count()).select_from(ScorecardFile)).one()
                posted, mailed = db.session.execute(
                    select(func.count(), func.count(Mail.sent_at)).select_from(Mail)
                ).one()
            if made and not first:
                began, cpu, first = time.perf_counter(), sum(one.cpu_seconds() for one in family), made
            if made == wanted and mailed == posted:
                spent = sum(one.cpu_seconds() for one in family) - cpu
                return Done(made - first, time.perf_counter() - began, spent, peak, mailed)
            if time.perf_counter() - started > LONGEST:
                raise RuntimeError(f"only {made} files and {mailed} of {posted} mails after an hour")
            time.sleep(0.25)


@contextmanager
def _running(place: Place, workers: int) -> Iterator[list[Server]]:
    """So many workers; they need no port, the web server's is open already."""
    if workers == 0:
        yield []
        return
    with server(place, "-m", "audit", "worker") as first, _running(place, workers - 1) as others:
        yield [first, *others]


def _fill(place: Place, scorecards: int) -> tuple[list[tuple[str, str]], int, int]:
    """A wave of approved visits, each at its own branch with its own manager; what is read meanwhile."""
    admin, editor = factories.person("Quản trị", RoleName.ADMIN), factories.person("Sửa", RoleName.EDITOR)
    client = factories.client("BANK", "Ngân hàng Sao Mai")
    region = factories.region(client, "Miền Bắc")
    office = factories.person("Trụ sở", RoleName.HEAD_OFFICE, client=client)
    version = factories.version(submissions.document())
    shopper = factories.person("Người ghé thăm", RoleName.SHOPPER)
    cards = []
    for name in ("Trước", "Hôm nay"):
        branch = factories.branch(region, f"M{len(cards)}", name)
        wave = factories.wave(client, admin, version, name=name)
        cards.append(_approved(wave, branch, shopper, editor))
    stories.released(cards[0].visit, admin)
    for number in range(1, scorecards):
        branch = factories.branch(region, f"B{number}", f"Chi nhánh {number}")
        factories.person(f"Quản lý {number}", RoleName.BRANCH_MANAGER, branch=branch)
        copies.copied_card(db.session(), cards[1], number, branch_id=branch.id)
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    read = [
        (office, "/network"),
        (office, f"/scorecards/{cards[0].id}"),
        (editor, "/review?state=approved"),
        (admin, f"/waves/{cards[1].wave_id}"),
    ]
    cookies = [(submissions._cookie(place, person), path) for person, path in read]
    return cookies, cards[1].wave_id, admin.id


def _approved(wave: Wave, branch: Any, shopper: Person, editor: Person) -> Scorecard:
    """45 answers and eight photos of 12 megapixels' worth, approved."""
    visit = factories.visit(wave, branch, shopper)
    db.session.commit()
    visit = stories.answered(visit, shopper)
    question = next(one["id"] for one in submissions.document()["questions"] if one["type"] == "photo")
    for picture in submissions.photos():
        taken = evidence.Taken(at=stories.AT)
        evidence.add_photo(visit, shopper, stories.AT, uuid4(), question, picture, taken)
    db.session.commit()
    stories.sent(visit, shopper)
    return stories.approved(visit, editor)
