"""What a comparison may tell of single branches, and what it says instead: on the page and in its file."""

import pytest

from audit.insights import statistics
from tests import factories
from tests.insights.cards import card
from tests.insights.comparisons import (
    address,
    branches_address,
    figures_file,
    figures_rows,
    page,
    side_by_side,
)
from tests.insights.conftest import heading


@pytest.fixture(autouse=True)
def forgotten():
    statistics.forget()
    yield
    statistics.forget()


def test_fewer_than_three_visits_get_no_verdict(client_of, head_office, two_waves, shopper, session):
    world = two_waves
    new = factories.branch(world.south, "Z", "Zuni")
    for score in (20, 20):
        card(world.last, new, shopper, score)
    session.commit()
    text = page(client_of(head_office), branches_address(world, new, world.branches[2]))
    assert heading(text) == "Zuni và Xuân Đỉnh cạnh nhau"
    assert "−50" not in text
    assert "Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận" in text
    line = figures_file(client_of(head_office), branches_address(world, new, world.branches[2]))
    assert line[-4:] == ["", "", "", "Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận"]
    text = page(client_of(head_office), branches_address(world, new, new))
    assert "chênh" not in heading(text)


def test_an_editor_sees_no_trend_of_a_single_branch(client_of, editor, two_waves):
    world, browser = two_waves, client_of(editor)
    query = address(
        what="waves", wave=world.last.id, branch=world.branch.id, a=world.first.id, b=world.last.id
    )
    text = page(browser, query)
    assert heading(text) == "Hoàn Kiếm trong Quý 2 và Quý 3"
    assert "tăng" not in text
    assert "chỉ dành cho phía khách hàng" in text
    assert side_by_side(text)["Điểm trung bình"][0] == "60 (khoảng 56–64, 3 lượt)"
    told = figures_file(browser, query)
    assert told[-4:-1] == ["", "", ""]
    assert "chỉ dành cho phía khách hàng" in told[-1]
    network = page(browser, address(what="waves", wave=world.last.id))
    assert heading(network).startswith("Mạng lưới từ Quý 2 đến Quý 3: tăng 8 (3–14)")


def test_the_file_has_the_ranks_of_the_page(client_of, head_office, two_waves):
    world, browser = two_waves, client_of(head_office)
    query = branches_address(world, world.branch, world.branches[2])
    ranks = side_by_side(page(browser, query))["Thứ hạng"]
    row = next(row for row in figures_rows(browser, query) if row[0].startswith("Thứ hạng"))
    assert [f"hạng {row[place]}–{row[place + 1]} trong 6" for place in (2, 7)] == ranks


def test_a_branch_with_few_visits_has_no_change(client_of, head_office, two_waves, shopper, session):
    world = two_waves
    new = factories.branch(world.south, "Z", "Zuni")
    for wave, scores in ((world.first, (20, 20)), (world.last, (70, 70, 70))):
        for score in scores:
            card(wave, new, shopper, score, questions={"greeted": (1, 10, 100 - score)})
    session.commit()
    query = address(what="waves", wave=world.last.id, branch=new.id, a=world.first.id, b=world.last.id)
    text = page(client_of(head_office), query)
    assert heading(text) == "Zuni trong Quý 2 và Quý 3"
    assert "Ít hơn 3 lượt" in text
    assert "50,0" not in text  # nor does the table of questions tell it
    known = statistics.of_wave(world.last).branch(new.id)
    assert (known.change, known.no_change) == (None, "too_few")
    assert known.expected is not None
    assert statistics.of_wave(world.first).branch(new.id).shrunk is not None
    assert statistics.of_wave(world.first).branch(new.id).expected is None
    assert statistics.of_wave(world.first).branch(new.id).told_reliability is None


def test_equal_scores_everywhere(client_of, head_office, world, admin, shopper, session):
    wave = factories.wave(world.client, admin, name="Quý 4")
    for branch in (world.branch, world.second_branch, world.southern_branch):
        for _ in range(3):
            card(wave, branch, shopper, 75, {"issue": 75})
    session.commit()
    browser = client_of(head_office)
    query = address(what="branches", wave=wave.id, a=world.branch.id, b=world.second_branch.id)
    assert heading(page(browser, query)) == "Hoàn Kiếm và Ba Đình bằng điểm nhau"
    assert figures_file(browser, query)[-4:] == ["0", "0", "0", "không chênh lệch"]
    query = address(what="regions", wave=wave.id, a=world.north.id, b=world.south.id)
    assert heading(page(browser, query)) == "Miền Bắc và Miền Nam bằng điểm nhau"


def test_equal_branches_are_not_the_ends_of_their_wave(
    client_of, head_office, world, admin, shopper, session
):
    wave = factories.wave(world.client, admin, name="Quý 4")
    branches = [factories.branch(world.north, f"E{place}", f"Bằng {place}") for place in range(6)]
    for branch in branches:
        for score in (70, 75, 80):
            card(wave, branch, shopper, score)
    session.commit()
    query = address(what="branches", wave=wave.id, a=branches[0].id, b=branches[1].id)
    text = page(client_of(head_office), query)
    assert "cao nhất và thấp nhất" not in text
    assert heading(text).startswith("Bằng 0 và Bằng 1: chênh 0 (−")


REASONS = {
    "ends": (lambda w: branches_address(w, w.branch, w.second_branch), "cao nhất và thấp nhất của đợt"),
    "same": (lambda w: branches_address(w, w.branch, w.branch), "cùng một chi nhánh"),
    "unclear": (lambda w: branches_address(w, w.branches[4], w.branches[5]), "chưa đủ để kết luận"),
    "same wave": (lambda w: address(what="waves", a=w.last.id, b=w.last.id), "cùng một đợt"),
    "same region": (
        lambda w: address(what="regions", wave=w.last.id, a=w.north.id, b=w.north.id),
        "nằm trong khu vực kia",
    ),
}


@pytest.mark.parametrize(("query", "said"), REASONS.values(), ids=REASONS)
def test_the_file_says_why_there_is_no_verdict(client_of, head_office, two_waves, query, said):
    told = figures_file(client_of(head_office), query(two_waves))[-1]
    assert said in told
    assert "quá ít lượt" not in told
