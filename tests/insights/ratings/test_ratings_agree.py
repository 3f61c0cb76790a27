"""On random ratings the page, its Excel file, its CSV files, the interface for programs and `audit aggregate` agree."""

import csv
import io
import itertools
import re
from datetime import date
from fractions import Fraction
from html import unescape

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.accounts.models import RoleName
from audit.api import tokens
from audit.db import now
from audit.insights.sheets.of_branch import OF_BRANCH
from audit.scoring.aggregate import aggregate
from tests import factories
from tests.insights.agreeing import rounded
from tests.insights.cards import card
from tests.insights.conftest import rows

_numbers = itertools.count(1)

# Of each visit: the rating (None: not answered), whether it was greeted, whether it has a score.
VISITS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 10), st.integers(0, 10), st.none()),
        st.sampled_from([1, 0, 1, None]),
        st.sampled_from([True, True, True, False]),
    ),
    max_size=20,
)
MANY = st.lists(
    st.tuples(st.integers(0, 10), st.sampled_from([1, 0]), st.just(True)), min_size=52, max_size=60
)


@pytest.fixture
def asked(app, session, client_of, shopper, admin):
    """Put drawn visits into the database; gives what asks the pages and what asks as a program."""

    def made(visits):
        number = next(_numbers)
        client = factories.client(f"N{number}", f"Đánh giá {number}")
        branch = factories.branch(factories.region(client, "Bắc"), "C1", "Chi nhánh 1")
        before = factories.wave(client, admin, name="Quý 3", starts_on=date(2026, 7, 1))
        wave = factories.wave(client, admin, before.version, name="Quý 4")
        card(before, branch, shopper, "17396/283")
        for rating, greeted, scored in visits:
            lines = {
                "nps": (None if rating is None else Fraction(rating, 10), 0, 0),
                "greeted": (greeted, 10, 0),
            }
            card(wave, branch, shopper, 70 if scored else None, questions=lines)
        owner = factories.person("Trụ sở", RoleName.HEAD_OFFICE, client=client)
        _token, secret = tokens.make(owner, "Power BI", client.id, None, 30, now())
        session.commit()
        program = app.test_client()
        program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return Asked(client_of(owner), program, branch, {"wave": wave.id})

    return made


class Asked:
    """What the house answers on one wave."""

    def __init__(self, browser, program, branch, query):
        self.browser, self.program, self.branch, self.query = browser, program, branch, query

    def page(self):
        return unescape(self._got("/network/drivers").text)

    def csv(self, address):
        _head, *lines = csv.reader(io.StringIO(self._got(address).data.decode("utf-8-sig")))
        return lines

    def book(self, address):
        """By place of the sheet its rows as texts, down to the first empty one."""
        book = openpyxl.load_workbook(io.BytesIO(self._got(address).data))
        found = []
        for sheet in book.worksheets:
            lines = list(sheet.iter_rows(min_row=2, values_only=True))
            found.append(list(itertools.takewhile(lambda line: line[0] is not None, lines)))
        return found

    def api(self, path):
        answer = self.program.get(f"/api/v1/{path}", query_string=self.query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def _got(self, address):
        answer = self.browser.get(address, query_string=self.query)
        assert answer.status_code == 200, answer.text[:300]
        return answer


def same(text, value):
    """A cell of a CSV, of Excel or of the interface: empty is None, 10 is 10.0."""
    if isinstance(value, int | float):
        return text not in ("", None) and float(text) == float(value)
    return (text or "") == (value or "")


def _check_nps(out, visits):
    ratings = [rating for rating, _greeted, _scored in visits if rating is not None]
    told = aggregate("nps", {"ratings": ratings})
    right = [
        *(len(ratings), told["promoters"], told["passives"], told["detractors"]),
        *(rounded(told.get(key)) for key in ("nps", "low", "high")),
    ]
    row = next(row for row in out.api("ratings")["data"] if row["kind"] == "nps")
    assert [row[key] for key in ("n", "counted", "passives", "detractors", "nps", "low", "high")] == right
    (line,) = out.csv("/network/drivers/nps.csv")
    (cells,) = out.book("/network/drivers.xlsx")[0]
    for place, value in enumerate(right, start=2):
        assert same(line[place], value)
        assert cells[place] == value
    said = rows(out.page().split('aria-labelledby="ratings"', 1)[1])[0][1].replace("\u2212", "-")
    if right[4] is None:
        assert said == "chưa có NPS"
    else:
        assert said == f"{right[4]} (khoảng {right[5]} đến {right[6]}, {right[0]} lượt)"


def _check_yes(out, visits):
    answers = [greeted for _rating, greeted, scored in visits if scored and greeted is not None]
    told = aggregate("share", {"k": sum(answers), "n": len(answers)})
    row = next(row for row in out.api("ratings")["data"] if row["question_id"] == "greeted")
    right = [sum(answers), len(answers)]
    right += [None if told.get(key) is None else rounded(100 * told[key]) for key in ("share", "low", "high")]
    assert [row[key] for key in ("counted", "n", "share", "low", "high")] == right
    number = str(row["number"])
    line = next(line for line in out.csv("/network/drivers/shares.csv") if line[0] == number)
    cells = next(line for line in out.book("/network/drivers.xlsx")[1] if str(line[0]) == number)
    for place, value in enumerate(right, start=3):
        assert same(line[place], value)
        assert cells[place] == value
    shown = dict(rows(out.page().split('aria-labelledby="shares"', 1)[1]))[f"{number}. {row['text']}"]
    if right[2] is not None:
        assert shown == f"{right[2]} % (khoảng {right[3]}–{right[4]} %; {right[0]}/{right[1]} lượt)"
    elif answers:
        assert shown == f"{right[0]}/{right[1]} lượt"


def _check_drivers(out, visits):
    both = [(rating, met) for rating, met, _scored in visits if rating is not None and met is not None]
    answer = out.api("drivers")
    assert answer["visits"] == sum(rating is not None for rating, _met, _scored in visits)
    if not both:
        assert answer["data"] == []
        return
    told = aggregate(
        "drivers", {"rows": [{"outcome": rating, "credits": {"greeted": met}} for rating, met in both]}
    )
    (right,) = told["questions"]
    (row,) = answer["data"]
    figures = [rounded(right[key], 1) for key in ("gap", "low", "high")]
    assert [row[key] for key in ("gap", "low", "high")] == figures
    (line,) = out.csv("/network/drivers/drivers.csv")
    (cells,) = out.book("/network/drivers.xlsx")[2]
    values = [
        row[key]
        for key in ("met", "not_met", "share_met", "rating_met", "rating_not_met", "gap", "low", "high")
    ]
    for place, value in enumerate(values, start=2):
        assert same(line[place], value)
        assert cells[place] == value
    if row["gap"] is not None:
        shown = rows(out.page().split('aria-labelledby="drivers"', 1)[1])[0]
        printed = [f"{value:.1f}".replace(".", ",").replace("-", "\u2212") for value in figures]
        assert shown[4].startswith(f"{printed[0]} ({printed[1]} đến {printed[2]}; ")
        assert bool(row["clear"]) == (shown[5] != "chưa đủ để kết luận")


def _check_waves(out):
    branch = out.branch
    data = out.api(f"branches/{branch.id}/waves")["data"]
    lines = out.csv(f"/network/branches/{branch.id}/branch-waves.csv")
    book = out.book(f"/network/branches/{branch.id}/export.xlsx")[list(OF_BRANCH).index("branch-waves")]
    assert len(data) == len(lines) == len(book)
    page = unescape(out.browser.get(f"/network/branches/{branch.id}", query_string=out.query).text)
    for row, line, cells in zip(data, lines, book, strict=True):
        keys = ("visits", "mean", "low", "high", "overall", "incidents", "unscored", "network")
        for place, key in enumerate(keys, start=3):
            assert same(line[place], row[key])
            assert cells[place] == row[key]
        assert (line[0], line[1]) == (row["wave"]["name"], row["wave"]["starts_on"])
        if row["mean"] is not None:
            spread = "" if row["low"] is None else rf" \(khoảng {row['low']}–{row['high']},"
            assert re.search(rf"\b{row['mean']}{spread}", page)


def check(out, visits):
    """All of them."""
    _check_nps(out, visits)
    _check_yes(out, visits)
    _check_drivers(out, visits)
    _check_waves(out)


@pytest.mark.parametrize(
    "visits",
    [
        pytest.param([], id="nothing"),
        pytest.param([(None, None, True)], id="no answer"),
        pytest.param([(9, 1, False)] * 12, id="ratings without scores"),
        pytest.param([(8, 1, True)] * 9, id="one too few"),
        pytest.param([(0, 0, True)] * 30 + [(10, 1, True)] * 30, id="clear"),
        pytest.param([(7, place % 2, True) for place in range(60)], id="all alike"),
    ],
)
def test_on_odd_ratings(asked, visits):
    check(asked(visits), visits)


def test_on_random_ratings(asked):
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(VISITS, MANY))
    def holds(visits):
        check(asked(visits), visits)

    holds()


def test_a_disagreement_would_be_seen(asked):
    visits = [(9, 1, True)] * 12
    with pytest.raises(AssertionError):
        check(asked(visits), [*visits, (0, 0, True)])
    assert same("10", 10.0)
    assert not same("", 0)
    assert not same("10.5", 10)
