"""What a manager reads of the own branches: their figures and the network's mean, nothing of other branches."""

import re
from html import unescape

import pytest

from audit.accounts.models import Grant, RoleName
from audit.insights import statistics
from audit.insights.standing import standings
from tests import factories
from tests.insights.cards import card
from tests.insights.wide import wide


@pytest.fixture(autouse=True)
def forgotten():
    statistics.forget()
    yield
    statistics.forget()


@pytest.fixture
def broad(world, shopper, admin, session):
    return wide(world, shopper, admin, session)


def facts(text):
    found = re.findall(r"<dt>(.*?)</dt><dd.*?>(.*?)</dd>", text, re.S)
    return {unescape(title): unescape(said) for title, said in found}


def test_a_manager_reads_the_own_figures(client_of, broad):
    manager = factories.person("Nguyễn Văn Nam", RoleName.BRANCH_MANAGER, branch=broad.branches[9])
    text = client_of(manager).get("/my-branches").text
    said = facts(text)
    assert said["Điểm trung bình"] == "41 (khoảng 37–45, 4 lượt)"
    assert said["Mạng lưới, chi nhánh trung bình"].startswith("76 (khoảng ")
    assert said["So với mạng lưới"] == "rõ ràng thấp hơn mạng lưới"
    assert said["Thứ hạng"] == "hạng 10–10 trong 10"
    assert said["So với Quý 3"] == "tăng 12 (6–18)"
    assert "Khoảng 1/10 chi nhánh được nêu có thể là báo động nhầm." in text
    assert "Rộng 8" not in text
    assert "/network" not in text  # those pages are not for managers


def test_incidents_are_said(client_of, broad, shopper, session):
    branch = broad.branches[5]
    card(broad.wave, branch, shopper, 80, overall=0, knockouts=1)
    session.commit()
    manager = factories.person("Nguyễn Văn Nam", RoleName.BRANCH_MANAGER, branch=branch)
    assert "1/5 lượt dính điểm liệt" in facts(client_of(manager).get("/my-branches").text)["Điểm liệt"]


def test_a_branch_without_visits_has_no_figures(client_of, branch_manager, broad, world):
    text = client_of(branch_manager).get("/my-branches").text
    assert facts(text) == {}
    assert "chưa có lượt nào được phát hành" in text


def test_only_branches_in_scope_are_told(broad, branch_manager, world):
    ids = [world.branch.id, *(branch.id for branch in broad.branches), world.foreign_branch.id]
    assert standings(branch_manager, ids) == {}


def test_many_branches_cost_no_more_queries(client_of, broad, queries):
    one = factories.person("Một", RoleName.BRANCH_MANAGER, branch=broad.branches[0])
    many = factories.person("Nhiều", RoleName.BRANCH_MANAGER, branch=broad.branches[0])
    for branch in broad.branches[1:6]:
        grant = Grant(role=RoleName.BRANCH_MANAGER, client_id=branch.client_id, branch_id=branch.id)
        many.grants.append(grant)
    counts = []
    for person in (one, many):
        browser = client_of(person)
        browser.get("/my-branches")
        with queries() as sent:
            browser.get("/my-branches")
        counts.append(len(sent))
    assert counts[0] == counts[1]
