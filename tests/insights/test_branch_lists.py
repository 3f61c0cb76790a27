"""A branch's actions and scorecards as files: all of them, as the page says them, in scope."""

import csv
import io

import pytest
from openpyxl import load_workbook

from audit import jobs
from tests import factories, stories
from tests.insights.cards import card


@pytest.fixture
def lived(app, editor, admin, world, shopper, session):
    """One visit that went through the house and proposed actions, one more scorecard in a wave before."""
    before = factories.wave(world.client, admin, name="Quý 3")
    card(before, world.branch, shopper, "61.45", number="BANK-9", knockouts=1, overall=20)
    card(before, world.second_branch, shopper, 50)
    wave = factories.wave(world.client, admin, before.version, name="Quý 4")
    visit = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.submitted(visit, shopper, {"greeted": "no"})
    stories.approved(visit, editor)
    stories.released(visit, admin)
    jobs.run_until_idle(app)
    return visit


def lines(browser, branch, name):
    answer = browser.get(f"/network/branches/{branch.id}/{name}.csv")
    assert answer.status_code == 200
    _head, *found = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    return found


def test_scorecards_and_actions_are_files(client_of, head_office, lived, world):
    browser = client_of(head_office)
    text = browser.get(f"/network/branches/{world.branch.id}").text
    cards = lines(browser, world.branch, "branch-scorecards")
    assert len(cards) == 2
    old = next(line for line in cards if line[0] == "BANK-9")
    assert old[1:6] == ["1", "Quý 3", "2026-11-14", "buổi sáng", "20.0"]
    assert old[7:] == ["61.5", "1"]
    assert old[6] in text  # the grade
    actions = lines(browser, world.branch, "branch-actions")
    assert actions
    assert all(line[0] in text for line in actions)
    assert {line[-1] for line in actions} <= {line[0] for line in cards}
    for name in ("branch-actions", "branch-scorecards"):
        assert f"/network/branches/{world.branch.id}/{name}.csv" in text
    book = load_workbook(io.BytesIO(browser.get(f"/network/branches/{world.branch.id}/export.xlsx").data))
    assert [page.title for page in book.worksheets][-3:-1] == ["Việc cần làm", "Phiếu điểm"]
    assert book.worksheets[-2].max_row == 1 + len(cards)
    assert book.worksheets[-3].max_row == 1 + len(actions)


def test_they_keep_to_the_scope(client_of, head_office, other_client, lived, world):
    assert len(lines(client_of(head_office), world.second_branch, "branch-scorecards")) == 1
    for name in ("branch-actions", "branch-scorecards"):
        answer = client_of(other_client).get(f"/network/branches/{world.branch.id}/{name}.csv")
        assert answer.status_code == 404


def test_more_scorecards_cost_the_same_queries(
    client_of, head_office, lived, world, admin, shopper, session, queries
):
    browser = client_of(head_office)
    lines(browser, world.branch, "branch-scorecards")
    with queries() as few:
        lines(browser, world.branch, "branch-scorecards")
    wave = lived.wave
    for score in range(60):
        card(wave, world.branch, shopper, score)
    session.commit()
    lines(browser, world.branch, "branch-scorecards")
    with queries() as many:
        assert len(lines(browser, world.branch, "branch-scorecards")) == 62
    assert len(many) == len(few)
