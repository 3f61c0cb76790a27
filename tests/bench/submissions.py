"""Whole visits over real HTTP: 45 answers with comments, 8 photos, one submission, by keep-alive clients."""

import hashlib
import http.client
import json
import multiprocessing
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from audit.accounts.models import Person, RoleName
from audit.checklists.models import Version
from audit.db import db
from audit.visits.lifecycle import State
from tests import factories, photo_files
from tests.bench.place import Place, Server, quantile, server
from tests.checklists.test_builtin import answer_all, load

COMMENT = "Nhân viên tư vấn rõ ràng, chỉ tận nơi kệ hàng và hỏi thêm nhu cầu của khách ạ. "[:80]
LONG = (COMMENT * 6)[:400]
PHOTOS = 8
ANSWERS = 45
CLIENTS = (1, 4, 8, 16)


@dataclass(frozen=True)
class Job:
    """What one client process does: its session cookie, its visits, the bytes it sends."""

    port: int
    cookie: str
    visits: list[int]
    answers: list[dict[str, Any]]
    photo_question: str
    photos: list[bytes]


def photos() -> list[bytes]:
    """Eight different JPEGs of 1600 × 1200 and about 300 kB."""
    return [photo_files.jpeg(1600, 1200, seed, quality=88, kilobytes=300) for seed in range(PHOTOS)]


def document() -> dict[str, Any]:
    """The retail checklist without its demand for photos, with as many questions as give 45 answers."""
    found = load("retail")
    for question in found["questions"]:
        question.pop("photo", None)
        if question["type"] == "photo":
            question["required"] = False
    plain = next(one for one in found["questions"] if one["type"] == "yesno" and "show_if" not in one)
    for number in range(ANSWERS - sum(one["type"] != "photo" for one in found["questions"])):
        found["questions"].append({**plain, "id": f"more_{number}"})
    return found


def answers(checklist: dict[str, Any]) -> list[dict[str, Any]]:
    """An answer to every question that is asked, twelve with a comment of 80 characters, one of 400."""
    at = datetime.now(UTC).isoformat()
    given = [
        {"question": name, "at": at, **{key: value for key, value in one.items() if key in ("value", "na")}}
        for name, one in answer_all(checklist, True, {}).items()
        if "value" in one or one.get("na")
    ][:ANSWERS]
    for place, one in enumerate(given[:13]):
        one["comment"] = LONG if place == 12 else COMMENT
    return given


def fill(place: Place, clients: int, visits: int) -> list[tuple[str, list[int]]]:
    """Shoppers with visits under way: a session cookie and visit ids for each client."""
    with place.app.app_context():
        admin = factories.person("Quản trị", RoleName.ADMIN)
        client = factories.client(f"B{uuid4().hex[:6].upper()}", f"Khách {uuid4().hex[:6]}")
        branch = factories.branch(factories.region(client, "Miền Bắc"), "CN001", "Hoàn Kiếm")
        version = _version()
        wave = factories.wave(client, admin, version)
        found = []
        for number in range(clients):
            shopper = factories.person(f"Người ghé thăm {number}", RoleName.SHOPPER)
            made = [factories.visit(wave, branch, shopper, State.IN_PROGRESS) for _ in range(visits)]
            found.append((_cookie(place, shopper), [visit.id for visit in made]))
        db.session.commit()
        return found


def _version() -> Version:
    return factories.version(document())


def _cookie(place: Place, person: Person) -> str:
    browser = place.app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = person.fs_uniquifier
        session["_fresh"] = True
    cookie = browser.get_cookie(place.app.config["SESSION_COOKIE_NAME"])
    return f"{cookie.key}={cookie.value}" if cookie else ""


def work(job: Job, start: Any, results: Any) -> None:
    """One client process: sign in, wait for the start, send its visits one after the other, report the times."""
    connection = http.client.HTTPConnection("127.0.0.1", job.port, timeout=120)
    headers = {"Cookie": job.cookie}
    connection.request("GET", "/api/v1/session", headers=headers)
    answer = connection.getresponse()
    cookie = answer.getheader("Set-Cookie")
    if cookie:
        headers["Cookie"] = cookie.split(";")[0]
    headers["X-CSRFToken"] = json.loads(answer.read())["csrf"]
    start.wait()
    times = []
    for visit in job.visits:
        began = time.perf_counter()
        _one(connection, headers, job, visit)
        times.append(time.perf_counter() - began)
    results.put(times)


def _one(connection: http.client.HTTPConnection, headers: dict[str, str], job: Job, visit: int) -> None:
    base = f"/api/v1/visits/{visit}"
    body = json.dumps({"answers": job.answers}, ensure_ascii=False).encode()
    _send(connection, f"{base}/answers", body, headers, "application/json")
    sent = []
    for photo in job.photos:
        name = str(uuid4())
        # Its number in the camera's notes: storage that recognises content shall not have seen it before.
        photo = photo.replace(bytes(len(name)), name.encode(), 1)
        marks = {
            **headers,
            "X-Question-Id": job.photo_question,
            "X-Content-SHA256": hashlib.sha256(photo).hexdigest(),
        }
        _send(connection, f"{base}/photos/{name}", photo, marks, "image/jpeg")
        sent.append(name)
    body = json.dumps({"answers": [], "photos": sent, "device": {"model": "bench"}}).encode()
    _send(connection, f"{base}/submissions/{uuid4()}", body, headers, "application/json")


def _send(
    connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str], kind: str
) -> None:
    connection.request("PUT", path, body=body, headers={**headers, "Content-Type": kind})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status not in (200, 201):
        raise RuntimeError(f"{path}: {answer.status} {text[:300]!r}")


@dataclass(frozen=True)
class Visit:
    """What a client sends for each visit."""

    answers: list[dict[str, Any]]
    photo_question: str
    photos: list[bytes]

    def job(self, port: int, cookie: str, visits: list[int]) -> Job:
        """The work of one client."""
        return Job(port, cookie, visits, self.answers, self.photo_question, self.photos)


def visit(pictures: list[bytes]) -> Visit:
    """The retail checklist answered, with these photos."""
    checklist = document()
    question = next(one["id"] for one in checklist["questions"] if one["type"] == "photo")
    return Visit(answers(checklist), question, pictures)


def run(place: Place, running: Server, clients: int, visits: int, pictures: list[bytes]) -> dict[str, Any]:
    """One row of the table: visits per second, latency of a whole visit, CPU and memory of the server."""
    sent = visit(pictures)
    jobs = [sent.job(place.settings.port, cookie, ids) for cookie, ids in fill(place, clients, visits)]
    return measured(work, jobs, running, len(sent.answers), len(pictures))


def measured(work: Any, jobs: list[Job], running: Server, count: int, pictures: int) -> dict[str, Any]:
    """Start one process per job, let them begin together, and count."""
    context = multiprocessing.get_context("fork")
    start, results = context.Event(), context.Queue()
    processes = [context.Process(target=work, args=(job, start, results)) for job in jobs]
    for process in processes:
        process.start()
    time.sleep(0.5)
    cpu, began = running.cpu_seconds(), time.perf_counter()
    start.set()
    times = [one for _ in processes for one in results.get(timeout=300)]
    wall, cpu = time.perf_counter() - began, running.cpu_seconds() - cpu
    for process in processes:
        process.join()
    return {
        "clients": len(jobs),
        "photos": pictures,
        "answers": count,
        "visits": len(times),
        "visits_per_second": round(len(times) / wall, 1),
        "p50_ms": round(statistics.median(times) * 1000, 1),
        "p95_ms": round(quantile(times, 0.95) * 1000, 1),
        "cpu_ms_per_visit": round(cpu / len(times) * 1000, 1),
        "memory_mb": round(running.memory_mb()),
    }


def bench(
    place: Place, pictures: list[bytes], clients: tuple[int, ...] = CLIENTS, share: float = 1.0
) -> list[dict[str, Any]]:
    """So many clients at a time, without and with photos; `share` shortens it."""
    with server(place, "-m", "audit", "web") as running:
        run(place, running, 2, 3, pictures)  # warm
        return [
            run(place, running, number, each(number, bool(chosen), share), chosen)
            for chosen in ([], pictures)
            for number in clients
        ]


def each(clients: int, with_photos: bool, share: float) -> int:
    """Visits of one client, so that every row takes some seconds."""
    return max(2, int(share * (40 if with_photos else 100) * 8 / max(clients, 4)))
