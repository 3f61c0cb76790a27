"""Head office's table at a size: `fill` makes the history in bulk, `measure` times the page."""

import gc
import json
import statistics
import time
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.insights import statistics as figures
from audit.review import cells
from tests import factories

FACTORS = ("issue", "attitude", "convenience", "consistency", "speed")
SECTIONS = ("arrival", "counter", "till", "leaving")
VISITS_A_WAVE = 4  # of each branch
RUNS = 7

_BRANCHES = """
INSERT INTO branch (client_id, region_id, code, name, address, format, channel, opening_hours, timezone,
                    active, search)
SELECT :client, (:regions)[1 + i % :region_count], 'B' || i, 'Chi nhánh ' || i,
       i || ' Hai Bà Trưng',
       (CAST('{Quầy,Phòng giao dịch,Chi nhánh}' AS text[]))[1 + i % 3], 'onsite', '', 'Asia/Ho_Chi_Minh',
       true, 'b' || i || ' chi nhanh ' || i || ' ' || i || ' hai ba trung'
FROM generate_series(1, :branches) i
"""
_VISITS = """
INSERT INTO visit (client_id, wave_id, branch_id, version_id, shopper_id, state, round, opens_on, closes_on,
                   submit_by, fee, expense_cap, terms, accepted_at, started_at, submitted_at, approved_at,
                   released_at)
SELECT :client, :wave, b.id, :version, :shopper, 'released', 2, w.starts_on, w.ends_on,
       :at, 150000, 0, '{}', :at, :at, :at, :at, :at
FROM wave w, (SELECT id, row_number() OVER (ORDER BY id) AS place FROM branch WHERE client_id = :client) b,
     generate_series(1, :each) turn
WHERE w.id = :wave ORDER BY turn, b.place LIMIT :count
"""
# Scores between 40 and 100 with thirty decimals, as exact thirds and sevenths have them; branches differ.
_CARDS = """
INSERT INTO scorecard (number, edition, is_current, visit_id, client_id, wave_id, branch_id, version_id,
                       status, overall, before_knockouts, knockouts, visited_on, daypart, result, answers,
                       photos, context, made_at, made_by_id, released_at, reason)
SELECT 'BENCH-' || v.id, 1, true, v.id, v.client_id, v.wave_id, v.branch_id, v.version_id, 'scored',
       CASE WHEN v.id % 30 = 0 THEN 0 ELSE s.score END, s.score, (v.id % 30 = 0)::int, v.opens_on, 'morning',
       :result, :answers, '[]', '{}', :at, :maker, :at, ''
FROM visit v, LATERAL (
  SELECT 40 + v.branch_id % 21 + (hashint4(v.id) & 65535) * 39 / 65536.0 / 1.0000000000000000000000000000007 AS score
) s
WHERE v.wave_id = :wave
"""
_FACTORS = """
INSERT INTO scorecard_factor (scorecard_id, factor_id, possible, score)
SELECT c.id, f, 20, CASE WHEN (c.id + ascii(f)) % 40 <> 0 THEN
       (hashint4(c.id * 7 + ascii(f)) & 65535) * 100 / 65536.0 / 1.0000000000000000000000000003 END
FROM scorecard c, unnest(CAST(:factors AS text[])) f WHERE c.wave_id = :wave
"""
_SECTIONS = """
INSERT INTO scorecard_section (scorecard_id, section_id, possible, score)
SELECT c.id, s, 25, (hashint4(c.id * 11 + ascii(s)) & 65535) * 100 / 65536.0 / 1.0000000000000000000000000000003
FROM scorecard c, unnest(CAST(:sections AS text[])) s WHERE c.wave_id = :wave
"""
_QUESTIONS = """
INSERT INTO scorecard_question (scorecard_id, question_id, state, credit, possible, lost)
SELECT c.id, 'q' || q, 'answered', (c.id + q) % 2, 100.0 / :questions, ((c.id + q) % 2) * 100.0 / :questions
FROM scorecard c, generate_series(1, :questions) q WHERE c.wave_id = :wave
"""


def fill(session: Session, visits: int, branches: int, questions: int = 0) -> Person:
    """Make a client with so many branches and released visits, four a branch and wave; its head office.

    `questions` lines, and those of sections, are added to each scorecard when asked for. Commits. Foreign keys
    are not checked while filling: it would take longer than the benchmark.
    """
    admin = factories.person("Bench admin", RoleName.ADMIN)
    shopper = factories.person("Bench shopper", RoleName.SHOPPER)
    client = factories.client("BENCH", "Chuỗi đo tốc độ")
    regions = _regions(client)
    values = {"client": client.id, "at": factories.AT, "shopper": shopper.id, "maker": admin.id}
    session.execute(text("SET LOCAL session_replication_role = replica"))
    places = {"regions": regions, "region_count": len(regions), "branches": branches}
    session.execute(text(_BRANCHES), {**values, **places})
    version = factories.version(_checklist())
    left, number = visits, 0
    while left > 0:
        number += 1
        year, month = 2016 + number // 12, number % 12 + 1
        days = {"starts_on": date(year, month, 1), "ends_on": date(year, month, 28)}
        wave = factories.wave(client, admin, version, name=f"Đợt {number}", **days)
        now = {**values, "wave": wave.id, "version": version.id, "each": VISITS_A_WAVE, "count": left}
        _fill_wave(session, now, questions)
        left -= branches * VISITS_A_WAVE
    session.execute(text("ANALYZE"))
    session.commit()
    return factories.person("Bench head office", RoleName.HEAD_OFFICE, client=client)


def newest(session: Session) -> int:
    """The number of the newest wave."""
    return session.scalars(text("SELECT id FROM wave ORDER BY starts_on DESC, id DESC LIMIT 1")).one()


def _regions(client: Any) -> list[int]:
    found = []
    for top in range(4):
        area = factories.region(client, f"Vùng {top + 1}")
        found += [factories.region(client, f"Khu {top + 1}.{part + 1}", area).id for part in range(5)]
    return found


def _fill_wave(session: Session, values: dict[str, Any], questions: int) -> None:
    session.execute(text(_VISITS), values)
    session.execute(text(_CARDS), {**values, **_documents()})
    session.execute(text(_FACTORS), {**values, "factors": list(FACTORS)})
    if questions:
        session.execute(text(_SECTIONS), {**values, "sections": list(SECTIONS)})
        session.execute(text(_QUESTIONS), {**values, "questions": questions})
    branches = session.scalars(text("SELECT id FROM branch WHERE client_id = :client"), values)
    cells.refresh(values["wave"], list(branches))


def _checklist() -> dict[str, Any]:
    factors = [
        {"id": name, "weight": 20, "title": {"vi": name.title(), "en": name.title()}} for name in FACTORS
    ]
    questions = [
        {
            "id": f"q{number}",
            "type": "yesno",
            "factor": FACTORS[number % 5],
            "section": SECTIONS[number % 4],
            "text": {"vi": f"Câu {number}"},
        }
        for number in range(1, 46)
    ]
    sections = [{"id": name, "title": {"vi": name.title(), "en": name.title()}} for name in SECTIONS]
    return {"title": {"vi": "Đo tốc độ"}, "factors": factors, "sections": sections, "questions": questions}


def _documents() -> dict[str, str]:
    """A result and answers of 45 questions: rows are as wide as real ones."""
    lines = [
        {
            "id": f"q{n}",
            "state": "answered",
            "credit": "1/2",
            "possible": f"{n * 100}/283",
            "lost": f"{n}/283",
        }
        for n in range(1, 46)
    ]
    answers = {f"q{n}": {"value": "yes", "comment": f"Nhận xét số {n}, viết như thật."} for n in range(1, 46)}
    return {
        "result": json.dumps({"status": "scored", "questions": lines}),
        "answers": json.dumps(answers, ensure_ascii=False),
    }


def measure(
    app: Flask, person: Person, address: str = "/network", *, cold: bool = False, runs: int = RUNS
) -> float:
    """Milliseconds that the server takes for the page (median; the first run only warms up).

    `cold`: each time as for the first reader after a release, with no figures in memory.
    """
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie.update({"_user_id": person.fs_uniquifier, "_fresh": True, "fs_cc": "set"})
    gc.collect()
    gc.freeze()  # as the web processes do when they have started (audit/crew.py)
    times = []
    for _run in range(runs + 1):
        if cold:
            figures.forget()
        started = time.perf_counter()
        response = browser.get(address)
        length = len(response.data)
        times.append(1000 * (time.perf_counter() - started))
        if response.status_code != 200 or not length:
            raise RuntimeError(f"{address} answered {response.status_code}")
    return statistics.median(times[1:])
