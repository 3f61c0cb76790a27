"""NPS, CSAT and shares of yes: never a number that the counts cannot carry."""

import re

from audit.scoring.aggregate import aggregate
from tests.insights.cards import card
from tests.insights.conftest import heading
from tests.insights.ratings.pages import links, listed, page, table


def test_from_ten_answers_on_there_is_an_nps_with_its_range(
    client_of, head_office, world, wave, rate, session
):
    given = [9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 7, 7, 8, 8, 8, 0, 3, 5, 6]
    for value in given:
        rate(wave, world.branch, {"nps": value})
    session.commit()
    text = page(client_of(head_office))
    assert heading(text) == "NPS của người ghé thăm: 35 (khoảng 3 đến 58, 20 lượt)"
    first = table(text, "ratings")[0]
    assert [cell.replace(" ,", ",") for cell in first[1:]] == [
        "35 (khoảng 3 đến 58, 20 lượt)",
        "11 sẵn lòng giới thiệu, 5 trung lập, 4 không",
    ]
    assert "không phải của khách hàng" in text
    expected = aggregate("nps", {"ratings": given})
    assert (expected["nps"], round(expected["low"]), round(expected["high"])) == (35, 3, 58)


def test_below_ten_answers_there_are_counts_only(client_of, head_office, world, wave, rate, session):
    for value in (10, 9, 9, 8, 7, 6, 5, 10, 9):
        rate(wave, world.branch, {"nps": value, "csat": 4}, {"greeted": 1})
    session.commit()
    text = page(client_of(head_office))
    assert heading(text) == "NPS của người ghé thăm: 5 sẵn lòng giới thiệu, 2 trung lập, 2 không"
    nps, csat = table(text, "ratings")[:2]
    assert nps[1] == "chưa có NPS"
    assert nps[2].endswith("Ít hơn 10 câu trả lời: chỉ nêu số lượt.")
    assert csat[1:] == ["chưa có tỷ lệ", "9/9 lượt Ít hơn 10 câu trả lời: chỉ nêu số lượt."]
    assert table(text, "shares")[0] == ["2. Được chào?", "9/9 lượt"]
    assert "%" not in re.sub(r"<[^>]+>", "", text.split("<main", 1)[1])


def test_csat_and_shares_of_yes_with_their_ranges(client_of, head_office, world, wave, rate, session):
    for place in range(20):
        good = place < 17
        rate(
            wave,
            world.branch,
            {"csat": 5 if place < 9 else 4 if good else 3},
            {"pushed": 1 if good else 0, "greeted": 1 if good else None},
        )
    session.commit()
    text = page(client_of(head_office))
    csat = table(text, "ratings")[1]
    assert csat[1:] == ["85 % (khoảng 68–94 %; 17/20 lượt)", "17/20 lượt"]
    shares = dict(table(text, "shares"))
    assert shares["2. Được chào?"] == "100 % (khoảng 86–100 %; 17/17 lượt)"
    assert shares["13. Bị ép mua?"] == "15 % (khoảng 6–32 %; 3/20 lượt)"  # yes is the bad answer
    assert shares["3. Có xếp hàng?"] == "chưa có câu trả lời"
    assert not any("mái hiên" in name for name in shares)  # asked to see who was there


def test_each_rating_leads_to_exactly_its_visits(client_of, head_office, world, wave, rate, session):
    for place, value in enumerate([9] * 6 + [10] * 5 + [7, 7, 8, 8, 8, 0, 3, 5, 6]):
        branch = world.branch if place % 2 else world.second_branch
        rate(wave, branch, {"nps": value, "csat": 1 + place % 5}, {"pushed": place % 3 == 0})
    rate(wave, world.southern_branch, {"nps": 10}, {"pushed": 1})
    rate(wave, world.branch, {}, {"nps": None, "pushed": None})
    session.commit()
    browser = client_of(head_office)
    text = page(browser, {"region": world.north.id})
    assert [len(listed(browser, link)) for link in links(text, "ratings")] == [20, 11, 5, 4]
    assert sorted(row[5] for row in listed(browser, links(text, "ratings")[1])) == ["10"] * 5 + ["9"] * 6
    assert [len(listed(browser, link)) for link in links(text, "ratings", 1)] == [20, 8]
    shown = {row[0]: place for place, row in enumerate(table(text, "shares"))}
    (pushed,) = links(text, "shares", shown["13. Bị ép mua?"])
    assert len(listed(browser, pushed)) == 20
    # Yes is the bad answer: full credit for the seven who were not pushed.
    assert len(listed(browser, pushed.replace("answered", "no"))) == 7
    assert len(listed(browser, pushed.replace("answered", "yes"))) == 13
    assert all(f"region={world.north.id}" in link for link in links(text, "ratings"))


def test_a_rating_of_a_visit_without_a_score_is_in_its_list(
    client_of, head_office, world, wave, session, shopper
):
    for score in (*[70] * 9, None):
        card(wave, world.branch, shopper, score, questions={"nps": (1, 0, 0), "greeted": (1, 1, 0)})
    session.commit()
    browser = client_of(head_office)
    text = page(browser)
    assert table(text, "ratings")[0][1].endswith(", 10 lượt)")
    assert len(listed(browser, links(text, "ratings")[0])) == 10
    assert table(text, "shares")[0][1] == "9/9 lượt"
    assert len(listed(browser, links(text, "shares")[0])) == 9
