"""The benchmark's own data: the page reads it as it reads any other."""

import re

from sqlalchemy import func, select

from audit.review.models import ScorecardFactor, ScorecardQuestion
from tests.bench import network
from tests.insights.conftest import heading, rows


def test_the_benchmark_fills_what_the_page_shows(app, client_of, session):
    person = network.fill(session, visits=30, branches=3, questions=2)
    assert session.scalar(select(func.count()).select_from(ScorecardFactor)) == 30 * 5
    assert session.scalar(select(func.count()).select_from(ScorecardQuestion)) == 30 * 2
    browser = client_of(person)
    newest = browser.get("/network").text  # 12 + 12 + 6 visits: the last wave has two a branch
    assert re.fullmatch(r"Mạng lưới đạt \d+ \(khoảng \d+–\d+, 6 lượt\)", heading(newest))
    assert [row[3] for row in rows(newest)] == ["2", "2", "2"]
    assert [row[3] for row in rows(browser.get("/network?wave=1").text)] == ["4", "4", "4"]
    assert len(browser.get("/network/visits.csv").text.splitlines()) == 31


def test_the_benchmark_measures_the_page(app, client_of, session):
    person = network.fill(session, visits=4, branches=1)
    client_of(person)
    assert 0 < network.measure(app, person) < 60_000
